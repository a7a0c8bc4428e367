import { AppError } from "@/lib/errors";
import { decideCondition } from "@/lib/workflows/condition";
import type { ConfigOf } from "@/lib/workflows/nodes";
import type { Decision } from "../decision";
import { pureRunner } from "./runner";

/** Chooses one of its two ports. A rule that cannot be evaluated fails the node: it is not "false". */
export const conditionRunner = pureRunner("condition", (config, values) => {
  const decided = decideCondition(config, values.scope);
  if (!decided.ok) {
    throw new AppError(
      "invalid",
      `“${values.nodeName}”, rule ${decided.rule + 1}: ${decided.problem.message}`,
      { reason: "template" },
    );
  }
  return {
    input: { match: config.match, rules: config.rules.map((rule) => rule.expression) },
    output: { result: decided.port === "true" },
    branch: decided.port,
    detail: { decision: decisionOf(config, decided.rule) },
  };
});

function decisionOf({ match, rules }: ConfigOf<"condition">, rule: number | null): Decision {
  const expression = rule === null ? undefined : rules[rule]?.expression;
  if (rule === null || expression === undefined)
    return { by: match === "all" ? "All rules hold." : "No rule holds." };
  return { by: `Rule ${rule + 1} ${match === "all" ? "does not hold" : "holds"}:`, expression };
}
