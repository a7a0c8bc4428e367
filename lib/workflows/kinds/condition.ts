import { z } from "zod";
import { defineKind } from "../kind";
import { requiredExpression } from "./shared";

const conditionConfig = z.strictObject({
  match: z.enum(["all", "any"]),
  rules: z
    .array(z.strictObject({ expression: requiredExpression }))
    .min(1, "Add at least one rule.")
    .max(20),
});

/** Sends the run one of two ways. */
export const conditionKind = defineKind({
  kind: "condition",
  label: "Condition",
  description: "Send the run one way or the other.",
  icon: "git-branch",
  group: "logic",
  config: conditionConfig,
  defaults: { match: "all", rules: [{ expression: "" }] },
  form: [
    {
      name: "match",
      label: "True when",
      type: "choice",
      options: [
        { value: "all", label: "all rules hold" },
        { value: "any", label: "any rule holds" },
      ],
    },
    {
      name: "rules",
      label: "Rules",
      type: "rows",
      addLabel: "Add rule",
      item: { expression: "" },
      row: [
        {
          name: "expression",
          label: "Expression",
          type: "expression",
          result: "boolean",
          placeholder: 'input.text.contains("refund")',
        },
      ],
    },
  ],
  ports: () => [
    { id: "true", label: "True" },
    { id: "false", label: "False" },
  ],
  acceptsEdges: true,
  outputs: () => [{ key: "result", label: "Whether it held", type: "boolean" }],
});
