import { AppError } from "@/lib/errors";
import { decideCase } from "@/lib/workflows/condition";
import { ELSE_PORT } from "@/lib/workflows/kinds/switch";
import type { Decision } from "../decision";
import { pureRunner } from "./runner";

/** Chooses the port of the first case that holds. A case that cannot be evaluated fails the node. */
export const switchRunner = pureRunner("switch", (config, values) => {
  const decided = decideCase(config.cases, values.scope);
  if (!decided.ok) {
    const label = config.cases[decided.rule]?.label ?? decided.rule + 1;
    throw new AppError("invalid", `“${values.nodeName}”, case ${label}: ${decided.problem.message}`, {
      reason: "template",
    });
  }
  const chosen = decided.rule === null ? undefined : config.cases[decided.rule];
  const port = chosen?.key ?? ELSE_PORT;
  const decision: Decision = chosen
    ? { by: `Case “${chosen.label}” holds:`, expression: chosen.expression }
    : { by: "No case holds." };
  return {
    input: { cases: config.cases.map(({ key, expression }) => ({ key, expression })) },
    output: { case: port },
    branch: port,
    detail: { decision },
  };
});
