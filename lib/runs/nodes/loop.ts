import { AppError } from "@/lib/errors";
import { carryOverParts } from "../carry-over";
import { insertChildren } from "../children";
import { valuesFor } from "../node-values";
import { noteProgress } from "../steps";
import { bodyResult, childFailure, type SuspendContext, suspender } from "./suspender";
import { computeValue, evaluate } from "./values";

/** Runs its body again until its condition holds, at most so many rounds. Each round is a run of its own. */
export const loopSuspender = suspender("loop", {
  begin: async (config, values, context) => {
    const start = { key: "Start", mode: config.initialMode, value: config.initial };
    const first = config.initial.trim() === "" ? null : computeValue(values, start);
    const { round, last } = await roundsDone(context, config.maxRounds, first);
    await startRound(context, round, last);
    return { input: { start: first }, detail: { total: config.maxRounds, done: round, failed: 0 } };
  },
  childEnded: async (config, child, context) => {
    const { tx, scope, held } = context;
    if (child.status !== "completed") throw childFailure(held.node.name, `round ${child.index + 1}`, child);
    const last = bodyResult(child.result);
    const rounds = child.index + 1;
    const values = await valuesFor(tx, scope, held.run, held.node, { locals: { round: child.index, last } });
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

/**
 * Takes over the rounds that completed in a resumed run, each given what the one before gave. @returns the round to go on
 * with
 */
async function roundsDone(
  { tx, scope, held }: SuspendContext,
  maxRounds: number,
  first: unknown,
): Promise<{ round: number; last: unknown }> {
  let last = first;
  for (let round = 0; round < maxRounds; round += 1) {
    const [carried] = await carryOverParts(tx, scope, held, [{ index: round, input: { round, last } }]);
    if (!carried) return { round, last };
    last = bodyResult(carried.result);
  }
  return { round: maxRounds - 1, last };
}

async function startRound(
  { tx, scope, held, ups }: SuspendContext,
  round: number,
  last: unknown,
): Promise<void> {
  const child = { index: round, input: { round, last }, bodyNodeId: held.node.id };
  for (const id of await insertChildren(tx, scope, held, [child])) ups.starts.add(id);
}
