import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { triggerDeliveries, workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { startRun } from "@/lib/runs/commands/start";
import { runKey } from "./delivery-key";
import { deliveriesOf, insertDelivery, type Trigger, triggerIs } from "./store";

export type Started = { readonly executionId: string; readonly isNew: boolean };

/**
 * Starts the published version of a trigger's workflow, once for each delivery, whoever else is at it: the run's
 * idempotency key is the delivery's. Writes nothing of the delivery. @throws what `startRun` throws
 */
export async function startOnce(
  scope: TenantScope,
  trigger: Trigger,
  deliveryKey: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Started> {
  const idempotencyKey = runKey(trigger.id, deliveryKey);
  try {
    return await startRun(
      scope,
      {
        workflowId: trigger.workflowId,
        useDraft: false,
        // JSON by the time it is here.
        input: input as Record<string, never>,
        idempotencyKey,
      },
      { trigger: trigger.kind, triggerId: trigger.id },
    );
  } catch (error) {
    // The same delivery with other content: the first one is the answer.
    const isReused = error instanceof AppError && error.reason === "idempotency_key_reused";
    const first = isReused ? await findRunByKey(scope, idempotencyKey) : null;
    if (!first) throw error;
    return { executionId: first, isNew: false };
  }
}

async function findRunByKey(scope: TenantScope, idempotencyKey: string): Promise<string | null> {
  const [row] = await asWorker(scope, (tx) =>
    tx
      .select({ id: executions.id })
      .from(executions)
      .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.idempotencyKey, idempotencyKey)))
      .limit(1),
  );
  return row?.id ?? null;
}

/**
 * What the log says beside a run that was there already: runs are kept for longer than what is known of deliveries, and a
 * process may have ended between the two.
 */
export function cameBefore({ isNew }: Started): { reason?: string } {
  return isNew ? {} : { reason: "It had come before, and its run was started then." };
}

/** Writes that a delivery started a run: when that was is said by the run. */
export async function recordAccepted(
  tx: Tx,
  scope: TenantScope,
  trigger: Trigger,
  delivery: { deliveryKey: string; payload?: unknown; executionId: string; reason?: string },
): Promise<void> {
  const isNew = await insertDelivery(tx, scope, trigger.id, { ...delivery, status: "accepted" });
  if (!isNew && !(await takeOver(tx, scope, trigger.id, delivery))) return;
  await tx
    .update(workflowTriggers)
    .set({
      lastStartedAt: sql`greatest(${workflowTriggers.lastStartedAt}, (${startOf(tx, scope, delivery)}))`,
    })
    .where(triggerIs(scope, trigger.id));
}

function startOf(tx: Tx, scope: TenantScope, { executionId }: { executionId: string }) {
  return tx
    .select({ at: executions.createdAt })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId)));
}

/** Of a tick that was left out or refused by a clock that was ahead, and started at its time: what came of it is the run. */
async function takeOver(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
  { deliveryKey, executionId, reason }: { deliveryKey: string; executionId: string; reason?: string },
): Promise<boolean> {
  const rows = await tx
    .update(triggerDeliveries)
    .set({ status: "accepted", executionId, reason: reason ?? null, createdAt: sql`now()` })
    .where(
      and(
        deliveriesOf(scope, triggerId),
        eq(triggerDeliveries.deliveryKey, deliveryKey),
        inArray(triggerDeliveries.status, ["left_out", "rejected"]),
      ),
    )
    .returning({ id: triggerDeliveries.id });
  return rows.length > 0;
}

/** The run that a delivery started; null when there is none. */
export async function findDelivered(
  tx: Tx,
  scope: TenantScope,
  triggerId: string,
  deliveryKey: string,
): Promise<string | null> {
  const [row] = await tx
    .select({ executionId: triggerDeliveries.executionId })
    .from(triggerDeliveries)
    .where(and(deliveriesOf(scope, triggerId), eq(triggerDeliveries.deliveryKey, deliveryKey)))
    .limit(1);
  return row?.executionId ?? null;
}
