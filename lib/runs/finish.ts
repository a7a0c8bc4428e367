import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { inPassing, together } from "@/db/statements";
import { authorize } from "@/lib/auth/authorize";
import { databaseMoment } from "@/lib/clock";
import { abandonStepCalls } from "@/lib/metering/model-calls";
import type { Graph } from "@/lib/workflows/graph";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { admitQueued } from "./admission";
import { begunWhere } from "./begun";
import { billStep } from "./billing";
import { lockAbove } from "./children";
import { endingAsWorker } from "./end-line";
import { endRun, type RunEnd, TIMEOUT_END } from "./end-run";
import { type FollowUps, followUp, newFollowUps } from "./follow-up";
import { isFinished, RUN_DEADLINE_MS, type RunStatus } from "./input";
import { announceChange } from "./live";
import { graphOf } from "./pins";
import { firstFailure, type GivenOutput, outputStatement, resultOf } from "./run-result";
import { insertSkipped } from "./steps";
import {
  executionIs,
  type GivenRun,
  isGivenRun,
  isInLine,
  loadRun,
  nextRevision,
  outcomeStatement,
  type RunFacts,
  runOf,
  runStatement,
  stepsOf,
  toOutcomes,
} from "./store";

/** Marks a run as under way, and gives it as it is then. Null when there is nothing to do: it has ended, waits as a whole, or has no room yet. */
export async function begin(tx: Tx, scope: TenantScope, run: RunFacts): Promise<RunFacts | null> {
  if (isFinished(run.status) || run.status === "waiting" || isInLine(run)) return null;
  if (run.status !== "pending") return run;
  await inPassing(tx, markBegun(tx, { tenantId: scope.tenantId, executionId: run.id }));
  const deadlineAt = run.deadlineAt ?? new Date(run.now.getTime() + RUN_DEADLINE_MS);
  return { ...run, status: "running", startedAt: run.startedAt ?? run.now, deadlineAt };
}

const markBegun = madeOnce<GivenRun, unknown>((tx) =>
  tx
    .update(executions)
    .set({ ...begunWhere(sql`true`), updatedAt: sql`now()` })
    .where(and(isGivenRun, eq(executions.status, "pending"))),
);

/** How a run stands once nobody drives it any more. */
export type Standing = {
  readonly status: RunStatus;
  /** Nodes can start that nobody has: what they waited for was settled meanwhile. */
  readonly hasWork: boolean;
};

/**
 * Ends a run when nothing of it can go on: completed with the fields of its outputs, failed at the node that failed,
 * late, or cancelled. One whose steps all wait for something outside waits as a whole, and gives its room to others.
 */
export async function closeDrive(scope: TenantScope, executionId: string): Promise<Standing> {
  authorize(scope, "run.work");
  const { standing, ups } = await endingAsWorker(scope, async (tx) => {
    const found = newFollowUps();
    // In the order in which the end of a part takes them: the step above with its run, then its own.
    await lockAbove(tx, scope, await loadRun(tx, scope, executionId));
    return { standing: await closeIn(tx, scope, executionId, found), ups: found };
  });
  announceChange(executionId);
  await followUp(scope, ups);
  return standing;
}

/** The same in an open transaction, for a run that is no part of another. */
export async function closeIn(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  ups: FollowUps,
): Promise<Standing> {
  // Only its own row is held; the others are read behind that.
  const held = runStatement(tx, scope, executionId, true);
  const [rows, steps, outputs] = await together(tx, [
    held,
    outcomeStatement(tx, scope, executionId),
    outputStatement(tx, scope, executionId),
  ]);
  const run = runOf(rows);
  if (isFinished(run.status)) return { status: run.status as RunStatus, hasWork: false };
  return standingOf(tx, scope, { run, outcomes: toOutcomes(steps), outputs }, ups);
}

/** The same, where only the status matters; `running` when there is still something to do. */
export async function finishRun(scope: TenantScope, executionId: string): Promise<RunStatus> {
  return (await closeDrive(scope, executionId)).status;
}

type Seen = {
  readonly run: RunFacts;
  readonly outcomes: ReadonlyMap<string, Outcome>;
  readonly outputs: readonly GivenOutput[];
};

async function standingOf(tx: Tx, scope: TenantScope, seen: Seen, ups: FollowUps): Promise<Standing> {
  const { run, outcomes } = seen;
  const graph = await graphOf(tx, scope, run);
  const end = await endOf(tx, scope, graph, seen);
  if (end) {
    await endRun(tx, scope, run, end, ups);
    return { status: end.status, hasWork: false };
  }
  const open = await tx
    .select({ nodeId: executionSteps.nodeId })
    .from(executionSteps)
    .where(and(stepsOf(scope, run.id), eq(executionSteps.status, "running")));
  const taken = new Set(open.map((step) => step.nodeId));
  const hasWork = nextSteps(graph, outcomes).ready.some((nodeId) => !taken.has(nodeId));
  if (hasWork || taken.size > 0) return { status: "running", hasWork };
  await tx
    .update(executions)
    .set({ status: "waiting", deadlineAt: null, waitReason: moneyWaitedFor(scope, run.id) })
    .where(executionIs(scope, run.id));
  if (run.rootExecutionId === null) await admitQueued(tx, scope, ups);
  return { status: "waiting", hasWork: false };
}

/** Credit, a cap or a person's word, when a step of a run that waits as a whole waits for that. */
function moneyWaitedFor(scope: TenantScope, executionId: string) {
  return sql<string | null>`(select min(s.wait_reason) from ${executionSteps} s
    where s.tenant_id = ${scope.tenantId} and s.execution_id = ${executionId} and s.status = 'waiting')`;
}

async function endOf(
  tx: Tx,
  scope: TenantScope,
  graph: Graph,
  { run, outcomes, outputs }: Seen,
): Promise<RunEnd | null> {
  if (run.cancelRequestedAt) return { status: "cancelled" };
  if ([...outcomes.values()].some((outcome) => outcome.status === "failed"))
    return (await firstFailure(tx, scope, run.id)) ?? { status: "cancelled" };
  const { ready, skipped, done } = nextSteps(graph, outcomes);
  if (done && ready.length === 0) {
    const dead = new Set(skipped);
    await insertSkipped(
      tx,
      scope,
      run.id,
      graph.nodes.filter((node) => dead.has(node.id)),
    );
    return resultOf(tx, scope, run, outputs);
  }
  return run.deadlineAt && run.deadlineAt <= run.now ? TIMEOUT_END : null;
}

/** Ends a live run as failed, for reasons outside its nodes. */
export async function failRun(
  scope: TenantScope,
  executionId: string,
  failure: { code: string; message: string },
): Promise<void> {
  authorize(scope, "run.work");
  const ups = await endingAsWorker(scope, async (tx) => {
    const found = newFollowUps();
    await endRun(tx, scope, await loadRun(tx, scope, executionId), { status: "failed", ...failure }, found);
    return found;
  });
  await followUp(scope, ups);
}

/**
 * Closes the steps of an ended run that nobody works on any more: what their attempts are known to have used is billed,
 * and calls without an end become uncertain. @returns how many there were
 */
export async function closeLostSteps(scope: TenantScope, executionId: string): Promise<number> {
  authorize(scope, "run.work");
  const closed = await asWorker(scope, async (tx) => {
    const run = await loadRun(tx, scope, executionId);
    if (!isFinished(run.status)) return 0;
    const steps = await tx
      .update(executionSteps)
      .set({
        status: "cancelled",
        leaseUntil: null,
        completedAt: databaseMoment(),
        revision: nextRevision,
      })
      .where(
        and(
          stepsOf(scope, executionId),
          eq(executionSteps.status, "running"),
          sql`(${executionSteps.leaseUntil} is null or ${executionSteps.leaseUntil} < now())`,
        ),
      )
      .returning({
        stepId: executionSteps.id,
        nodeId: executionSteps.nodeId,
        iteration: executionSteps.iteration,
        startedAt: executionSteps.startedAt,
      });
    for (const { startedAt, ...step } of steps) {
      await abandonStepCalls(tx, scope, step.stepId);
      await billStep(tx, scope, run, { ...step, hasCompleted: false, occurredAt: startedAt ?? run.now });
    }
    return steps.length;
  });
  if (closed > 0) announceChange(executionId);
  return closed;
}
