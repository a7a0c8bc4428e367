import { z } from "zod";
import { defineKind, singlePort } from "../kind";

const mergeConfig = z.strictObject({ mode: z.enum(["all", "first"]) });

/**
 * Joins branches. `all` gives each live branch's output by node id; `first` gives the output of the first live
 * one, in the order of the edges. Skipped branches are left out either way.
 */
export const mergeKind = defineKind({
  kind: "merge",
  label: "Merge",
  description: "Join branches again after a condition or parallel work.",
  icon: "merge",
  group: "logic",
  config: mergeConfig,
  defaults: { mode: "all" },
  form: [
    {
      name: "mode",
      label: "Give on",
      type: "choice",
      options: [
        { value: "all", label: "Every branch, by node" },
        { value: "first", label: "The first branch that ran" },
      ],
    },
  ],
  ports: singlePort,
  acceptsEdges: true,
  outputs: (config) =>
    config.mode === "first"
      ? [
          { key: "nodeId", label: "Which node it came from", type: "text" },
          { key: "value", label: "Its output", type: "object" },
        ]
      : [{ key: "values", label: "Outputs by node", type: "object" }],
});
