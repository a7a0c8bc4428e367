import "server-only";
import { and, eq, gt, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { notify } from "@/lib/notifications/notify";
import { findAndLockTrigger, type Trigger, triggerIs } from "./store";

/** How a run of a schedule ended, or that it could not start, and when it was begun. */
export type Outcome = { readonly status: "completed" | "failed"; readonly begunAt: Date };

/**
 * Counts what became of a schedule's run: a good one begins the count anew, and at the limit the schedule is turned off
 * and its people are told. A failure of what was begun before somebody turned it on, or changed it, says nothing of how
 * it is now.
 * @param tx a transaction of the run's end or of the tick
 */
export async function countOutcome(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
  { status, begunAt }: Outcome,
): Promise<void> {
  // It may have been deleted while its run went on, which ends all the same.
  const trigger = await findAndLockTrigger(tx, scope, triggerId);
  if (trigger?.kind !== "schedule") return;
  if (status === "failed" && begunAt < trigger.updatedAt) return;
  const failuresInRow = status === "completed" ? 0 : trigger.failuresInRow + 1;
  const isOver = trigger.isActive && failuresInRow >= trigger.config.maxFailures;
  const reason = `It failed ${failuresInRow === 1 ? "once" : `${failuresInRow} times in a row`}.`;
  await tx
    .update(workflowTriggers)
    .set({
      failuresInRow,
      ...(isOver ? { isActive: false, nextAt: null, disabledReason: reason, updatedAt: sql`now()` } : {}),
    })
    .where(triggerIs(scope, triggerId));
  if (isOver) await tellTurnedOff(tx, scope, trigger, reason);
}

/** Begins the count of schedules anew whose runs were good as soon as they were written. */
export async function countCompleted(
  tx: Tx,
  { tenantId }: TenantScope,
  triggerIds: readonly string[],
): Promise<void> {
  if (triggerIds.length === 0) return;
  const { id, failuresInRow, tenantId: ofTenant } = workflowTriggers;
  await tx
    .update(workflowTriggers)
    .set({ failuresInRow: 0 })
    .where(and(eq(ofTenant, tenantId), inArray(id, [...triggerIds]), gt(failuresInRow, 0)));
}

async function tellTurnedOff(tx: Tx, scope: TenantScope, trigger: Trigger, reason: string): Promise<void> {
  await audit(tx, scope, {
    action: "trigger.turn_off",
    targetType: "workflow_trigger",
    targetId: trigger.id,
    before: { isActive: true },
    after: { isActive: false },
    reason,
  });
  await notify(tx, scope, {
    kind: "schedule_off",
    title: `The schedule “${trigger.name}” was turned off`,
    body: `${reason} Look at its last runs, put right what is wrong, and turn it on again: then it starts at its next time.`,
    href: `/app/workflows/${trigger.workflowId}/triggers/${trigger.id}`,
    // Once each time it is turned off.
    dedupeKey: `schedule_off:${trigger.id}:${trigger.updatedAt.toISOString()}`,
    to: { admins: true, ...(trigger.createdBy ? { userIds: [trigger.createdBy] } : {}) },
    ids: { workflowId: trigger.workflowId, triggerId: trigger.id },
  });
}
