import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { databaseMoment, databaseTime } from "@/lib/clock";
import { release } from "@/lib/wallet/money-gatherer";
import { billStep, stepKeyOf } from "./billing";
import { announceEnd } from "./ends";
import type { FollowUps } from "./follow-up";
import { LIVE_STATUSES } from "./input";
import { loadRun, nextRevision, stepsOf } from "./store";

/**
 * Closes what an ended run still waits for: its waiting steps, the questions they ask, the runs they started, and the
 * attempts whose time has not come.
 */
export async function closeBelow(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  ups: FollowUps,
): Promise<void> {
  const waiting = await closeWaiting(tx, scope, [executionId]);
  await cancelRunsOf(tx, scope, waiting, ups);
}

/** Cancels the runs that were started for these steps and have not ended, with everything below them. */
export async function cancelRunsOf(
  tx: Tx,
  scope: TenantScope,
  stepIds: readonly string[],
  ups: FollowUps,
): Promise<void> {
  for (let above = stepIds; above.length > 0; ) {
    const ended = await tx
      .update(executions)
      .set({
        status: "cancelled",
        cancelRequestedAt: databaseTime(),
        startedAt: sql`coalesce(${executions.startedAt}, ${databaseTime()})`,
        completedAt: databaseMoment(),
      })
      .where(
        and(
          eq(executions.tenantId, scope.tenantId),
          inArray(executions.parentStepId, [...above]),
          inArray(executions.status, [...LIVE_STATUSES]),
        ),
      )
      .returning({ id: executions.id });
    const ids = ended.map((run) => run.id);
    for (const id of ids) {
      ups.ended.add(id);
      await announceEnd(tx, id);
    }
    above = await closeWaiting(tx, scope, ids);
  }
}

async function closeWaiting(
  tx: Tx,
  scope: TenantScope,
  executionIds: readonly string[],
): Promise<readonly string[]> {
  if (executionIds.length === 0) return [];
  // Nobody has them, and nobody can take them once they are closed.
  const postponed = and(eq(executionSteps.status, "running"), isNull(executionSteps.workerId));
  for (const step of await closeSteps(tx, scope, executionIds, postponed)) await billEarlier(tx, scope, step);
  const closed = await closeSteps(tx, scope, executionIds, eq(executionSteps.status, "waiting"));
  const asking = closed
    .filter((step) => step.kind === "approval" || step.reason === "ask")
    .map((step) => step.id);
  if (asking.length > 0) {
    await tx
      .update(approvals)
      .set({ status: "cancelled" })
      .where(
        and(
          eq(approvals.tenantId, scope.tenantId),
          inArray(approvals.stepId, asking),
          eq(approvals.status, "pending"),
        ),
      );
  }
  for (const step of closed) {
    if (step.reason !== null && step.attempt > 0) await billEarlier(tx, scope, step);
    else release(tx, scope, stepKeyOf(step.executionId, step.nodeId, step.iteration));
  }
  return closed.map((step) => step.id);
}

function closeSteps(tx: Tx, scope: TenantScope, executionIds: readonly string[], which: SQL | undefined) {
  return tx
    .update(executionSteps)
    .set({
      status: "cancelled",
      leaseUntil: null,
      wakeAt: null,
      completedAt: databaseMoment(),
      revision: nextRevision,
    })
    .where(
      and(
        executionIds.length === 1 && executionIds[0]
          ? stepsOf(scope, executionIds[0])
          : and(
              eq(executionSteps.tenantId, scope.tenantId),
              inArray(executionSteps.executionId, [...executionIds]),
            ),
        which,
      ),
    )
    .returning({
      id: executionSteps.id,
      executionId: executionSteps.executionId,
      nodeId: executionSteps.nodeId,
      iteration: executionSteps.iteration,
      kind: executionSteps.kind,
      reason: executionSteps.waitReason,
      attempt: executionSteps.attempt,
      startedAt: executionSteps.startedAt,
    });
}

type Tried = {
  readonly [K in "id" | "executionId" | "nodeId"]: string;
} & { readonly iteration: number; readonly startedAt: Date | null };

/** Bills what attempts used before the one that waited, and frees what was set aside for it. */
async function billEarlier(
  tx: Tx,
  scope: TenantScope,
  { id: stepId, executionId, nodeId, iteration, startedAt }: Tried,
): Promise<void> {
  const run = await loadRun(tx, scope, executionId);
  const occurredAt = startedAt ?? run.now;
  await billStep(tx, scope, run, { stepId, nodeId, iteration, hasCompleted: false, occurredAt });
}
