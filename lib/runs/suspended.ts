import "server-only";
import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { together } from "@/db/statements";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { admitQueued } from "./admission";
import { cancelRunsOf } from "./below";
import { endingAsWorker } from "./end-line";
import { type FollowUps, followUp, newFollowUps } from "./follow-up";
import { isFinished } from "./input";
import { tenantSuspended } from "./node-policy";
import { findSuspender } from "./nodes/suspenders";
import { graphOf } from "./pins";
import { completedEnd, failedEnd, finishStep, type HeldStep } from "./settle-step";
import type { StepEnd } from "./steps";
import { executionIs, type RunFacts, runOf, runStatement } from "./store";

/** `moneyFor` is the cap that a person was asked to let it spend more under. */
export type Waiting = HeldStep & { readonly wakeAt: Date | null; readonly moneyFor: string | null };

/** A waiting step of a live run, held with that until the transaction ends; null when nothing waits there any more. */
export async function findWaiting(tx: Tx, scope: TenantScope, stepId: string): Promise<Waiting | null> {
  const isIt = and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.id, stepId));
  const [place] = await tx
    .select({ executionId: executionSteps.executionId })
    .from(executionSteps)
    .where(isIt);
  if (!place) return null;
  // The run before its step, as whoever ends it holds them. And whoever lets it wait as a whole at this moment is either
  // done with it, or sees the step as it is then.
  const held = tx
    .select({
      nodeId: executionSteps.nodeId,
      iteration: executionSteps.iteration,
      attempt: executionSteps.attempt,
      wakeAt: executionSteps.wakeAt,
      moneyFor: sql<
        string | null
      >`case when ${executionSteps.waitReason} = 'ask' then ${executionSteps.capId} end`,
    })
    .from(executionSteps)
    .where(and(isIt, eq(executionSteps.status, "waiting")))
    .for("update");
  const [rows, [step]] = await together(tx, [runStatement(tx, scope, place.executionId, true), held]);
  if (!step) return null;
  const run = runOf(rows);
  if (isFinished(run.status)) return null;
  const graph = await graphOf(tx, scope, run);
  const node = graph.nodes.find(({ id }) => id === step.nodeId);
  if (!node) throw new AppError("internal", "The node of a waiting step is gone.");
  const { iteration, attempt, wakeAt, moneyFor } = step;
  return { run, graph, node, iteration, stepId, attempt, wakeAt, moneyFor, isWaiting: true };
}

/** Ends a step that waited and is held, bills it, and lets its run go on. */
export async function settleHeld(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  end: StepEnd,
  ups: FollowUps,
): Promise<void> {
  await finishStep(tx, scope, held, end);
  await goOn(tx, scope, held.run, ups);
}

/** What a waiting step comes to by some work that may fail it: an AppError is the step's failure. */
export async function endAfter(
  held: HeldStep,
  work: () => Promise<Parameters<typeof completedEnd>[1] | null>,
): Promise<StepEnd | null> {
  try {
    const result = await work();
    if (!result) return null;
    const end = completedEnd(held.node.name, result);
    if (!("error" in end)) return end;
    throw end.error;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return failedEnd(error);
  }
}

/** Wakes a run, which is held, that was waiting as a whole; one that is being worked on is driven from here as well. */
async function goOn(tx: Tx, scope: TenantScope, run: RunFacts, ups: FollowUps): Promise<void> {
  const isPart = run.rootExecutionId !== null;
  const woken = await tx
    .update(executions)
    .set({ status: "pending", dispatchedAt: null, waitReason: null, ...(isPart ? {} : { admittedAt: null }) })
    .where(and(executionIs(scope, run.id), eq(executions.status, "waiting")))
    .returning({ id: executions.id });
  if (woken.length > 0 && !isPart) return admitQueued(tx, scope, ups);
  ups.continues.add(run.id);
}

/**
 * Lets a step go on whose time has come; one that only had a time limit fails. Doing it twice, or when somebody was faster, does nothing.
 * @returns how many milliseconds it is too early, 0 when it is not
 */
export async function wakeStep(scope: TenantScope, stepId: string): Promise<number> {
  authorize(scope, "run.work");
  const { earlyMs, ups } = await endingAsWorker(scope, async (tx) => {
    const found = newFollowUps();
    const held = await findWaiting(tx, scope, stepId);
    if (!held?.wakeAt) return { earlyMs: 0, ups: found };
    const early = held.wakeAt.getTime() - held.run.now.getTime();
    if (early > 0) return { earlyMs: early, ups: found };
    const context = { tx, scope, held, ups: found };
    const due = findSuspender(held.node.kind)?.due;
    const end = await endAfter(held, async () => {
      if (due) return due(held.node.config, context);
      await cancelRunsOf(tx, scope, [stepId], found);
      // What it ran could not go on there: once resumed, it has its time anew.
      if (held.run.isSuspended) throw tenantSuspended();
      const seconds = Math.round((held.node.policy?.timeoutMs ?? 0) / 1_000);
      const message = `“${held.node.name}” took longer than ${seconds} seconds.`;
      throw new AppError("upstream", message, { reason: "node_timeout", retryable: false });
    });
    if (end) await settleHeld(tx, scope, held, end, found);
    return { earlyMs: 0, ups: found };
  });
  await followUp(scope, ups);
  return earlyMs;
}
