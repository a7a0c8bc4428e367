import { z } from "zod";
import { defineKind } from "../kind";
import { branchKey, branchLabel, branchPorts, requiredExpression, uniqueKeys } from "./shared";

/** The port of a switch none of whose cases holds. */
export const ELSE_PORT = "else";

const switchConfig = z.strictObject({
  cases: z
    .array(
      z.strictObject({ key: branchKey([ELSE_PORT]), label: branchLabel, expression: requiredExpression }),
    )
    .min(1, "Add at least one case.")
    .max(20, "A switch has at most 20 cases.")
    .superRefine(uniqueKeys),
});

/** Sends the run the way of the first case that holds, in order. */
export const switchKind = defineKind({
  kind: "switch",
  label: "Switch",
  description: "Send the run one of several ways: the first case that holds decides.",
  icon: "split",
  group: "logic",
  config: switchConfig,
  defaults: { cases: [{ key: "first", label: "First case", expression: "" }] },
  form: [
    {
      name: "cases",
      label: "Cases",
      type: "rows",
      addLabel: "Add case",
      item: { key: "", label: "", expression: "" },
      help: "Tried in this order. Where none holds, the run goes on at Else.",
      row: [
        { name: "label", label: "Label", type: "text" },
        { name: "key", label: "Key", type: "text", help: "What the node gives: node.case" },
        {
          name: "expression",
          label: "Holds when",
          type: "expression",
          result: "boolean",
          placeholder: 'input.text.contains("refund")',
        },
      ],
    },
  ],
  ports: (config) => [...branchPorts(config, "cases"), { id: ELSE_PORT, label: "Else" }],
  acceptsEdges: true,
  outputs: () => [{ key: "case", label: "Key of the case, or else", type: "text" }],
});
