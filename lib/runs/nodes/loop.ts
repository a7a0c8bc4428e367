import { AppError } from "@/lib/errors";
import type { ConfigOf } from "@/lib/workflows/nodes";
import { carryOverPart } from "../carry-over";
import { insertChildren } from "../children";
import { valuesFor } from "../node-values";
import { noteProgress } from "../steps";
import type { NodeResult } from "./runner";
import { bodyResult, childFailure, type SuspendContext, suspender } from "./suspender";
import { computeValue, evaluate } from "./values";

/** Runs its body again until its condition holds, at most so many rounds. Each round is a run of its own. */
export const loopSuspender = suspender("loop", {
  begin: async (config, values, context) => {
    const start = { key: "Start", mode: config.initialMode, value: config.initial };
    const first = config.initial.trim() === "" ? null : computeValue(values, start);
    const { round, last } = await roundsDone(context, config.maxRounds, first);
    const end = round === 0 ? null : await endAfter(config, { round: round - 1, last }, context);
    if (end) return { result: { ...end, input: { start: first } } };
    await startRound(context, round, last);
    return { input: { start: first }, detail: { total: config.maxRounds, done: round, failed: 0 } };
  },
  childEnded: async (config, child, context) => {
    const { tx, scope, held } = context;
    if (child.status !== "completed") throw childFailure(held.node.name, `round ${child.index + 1}`, child);
    const ended = { round: child.index, last: bodyResult(child.result) };
    const end = await endAfter(config, ended, context);
    const rounds = ended.round + 1;
    await noteProgress(tx, scope, held, { total: config.maxRounds, done: rounds, failed: 0 });
    if (!end) await startRound(context, rounds, ended.last);
    return end;
  },
});

type EndedRound = { readonly round: number; readonly last: unknown };

/** What the loop gives when no round comes after this one; null when another does. */
async function endAfter(
  { until, maxRounds }: ConfigOf<"loop">,
  { round, last }: EndedRound,
  { tx, scope, held }: SuspendContext,
): Promise<NodeResult | null> {
  const values = await valuesFor(tx, scope, held.run, held.node, { locals: { round, last } });
  const reached = evaluate(values, "Until", until);
  if (typeof reached !== "boolean") {
    throw new AppError("invalid", `“${held.node.name}”, Until: it gave no true or false.`, {
      reason: "template",
    });
  }
  const rounds = round + 1;
  return reached || rounds >= maxRounds ? { output: { last, rounds, reached } } : null;
}

/**
 * Takes over the rounds that completed in a resumed run, each given what the one before gave. @returns the round to go on
 * with
 */
async function roundsDone(
  { tx, scope, held }: SuspendContext,
  maxRounds: number,
  first: unknown,
): Promise<EndedRound> {
  let last = first;
  for (let round = 0; round < maxRounds; round += 1) {
    const carried = await carryOverPart(tx, scope, held, { index: round, input: { round, last } });
    if (!carried) return { round, last };
    last = bodyResult(carried.result);
  }
  return { round: maxRounds, last };
}

async function startRound(
  { tx, scope, held, ups }: SuspendContext,
  round: number,
  last: unknown,
): Promise<void> {
  const child = { index: round, input: { round, last }, bodyNodeId: held.node.id };
  for (const id of await insertChildren(tx, scope, held, [child])) ups.starts.add(id);
}
