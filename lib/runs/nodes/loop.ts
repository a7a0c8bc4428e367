import { AppError } from "@/lib/errors";
import { insertChildren } from "../children";
import { valuesFor } from "../node-values";
import { noteProgress } from "../steps";
import { bodyResult, childFailure, type SuspendContext, suspender } from "./suspender";
import { computeValue, evaluate } from "./values";

/** Runs its body again until its condition holds, at most so many rounds. Each round is a run of its own. */
export const loopSuspender = suspender("loop", {
  begin: async (config, values, context) => {
    const start = { key: "Start", mode: config.initialMode, value: config.initial };
    const last = config.initial.trim() === "" ? null : computeValue(values, start);
    await startRound(context, 0, last);
    return { input: { start: last }, detail: { total: config.maxRounds, done: 0, failed: 0 } };
  },
  childEnded: async (config, child, context) => {
    const { tx, scope, held } = context;
    if (child.status !== "completed") throw childFailure(held.node.name, `round ${child.index + 1}`, child);
    const last = bodyResult(child.result);
    const rounds = child.index + 1;
    const values = await valuesFor(tx, scope, held.run, held.node, { round: child.index, last });
    const reached = evaluate(values, "Until", config.until);
    if (typeof reached !== "boolean") {
      throw new AppError("invalid", `“${held.node.name}”, Until: it gave no true or false.`, {
        reason: "template",
      });
    }
    await noteProgress(tx, scope, held, { total: config.maxRounds, done: rounds, failed: 0 });
    if (reached || rounds >= config.maxRounds) return { output: { last, rounds, reached } };
    await startRound(context, rounds, last);
    return null;
  },
});

async function startRound(
  { tx, scope, held, ups }: SuspendContext,
  round: number,
  last: unknown,
): Promise<void> {
  const child = { index: round, input: { round, last }, bodyNodeId: held.node.id };
  for (const id of await insertChildren(tx, scope, held, [child])) ups.starts.add(id);
}
