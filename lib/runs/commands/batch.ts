import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { dispatchBatch } from "../batch-dispatch";
import { endBatch } from "../batch-end";
import type { BatchIdInput, BatchStatus, BatchVerb, StartBatchInput } from "../batch-input";
import { fittingRuns } from "../batch-selection";
import { batchIs, batchNotFound } from "../batch-store";

const PERMISSIONS = { cancel: "run.cancel", resume: "run.resume", replay: "run.replay" } as const;

const NOTHING: Readonly<Record<BatchVerb, string>> = {
  cancel: "None of these runs is still going, so there is nothing to stop.",
  resume: "None of these runs failed or was stopped, so there is nothing to resume.",
  replay: "None of these runs can be replayed.",
};

/**
 * Stops, resumes or replays all runs that match a filter, up to `MAX_BATCH_RUNS` of the newest. Which they are is decided
 * here; the work is done in the background, each run as by itself and in the name of whoever asked.
 *
 * @throws AppError `precondition`, reason `nothing_to_do`; `forbidden`, reason `not_a_member`; `limit_exceeded`, reason
 * `search_too_long`
 */
export async function startBatch(scope: TenantScope, input: StartBatchInput): Promise<{ batchId: string }> {
  authorize(scope, PERMISSIONS[input.verb]);
  const { verb, filter, upTo, requestKey } = input;
  const person = personOf(scope);
  const known = await asTenant(scope, (tx) => findByRequest(tx, scope, requestKey));
  if (known) return { batchId: known };
  const executionIds = await fittingRuns(scope, verb, filter, upTo);
  if (executionIds.length === 0)
    throw new AppError("precondition", NOTHING[verb], { reason: "nothing_to_do" });
  const { tenantId } = scope;
  const total = executionIds.length;
  const batch = { id: newId(), tenantId, verb, filter, requestKey, total, ...person };
  const batchId = await asTenant(scope, async (tx) => {
    const [written] = await tx
      .insert(runBatches)
      .values(batch)
      .onConflictDoNothing()
      .returning({ id: runBatches.id });
    if (!written) return findByRequest(tx, scope, requestKey);
    const items = executionIds.map((executionId) => ({ tenantId, batchId: batch.id, executionId }));
    await insertRows(tx, runBatchItems, items).execute();
    await audit(tx, scope, {
      action: "run.batch_start",
      targetType: "run_batch",
      targetId: batch.id,
      after: { verb, filter, total },
    });
    return written.id;
  });
  if (!batchId) throw new AppError("conflict", "This is being done already.");
  await dispatchBatch(scope, batchId);
  return { batchId };
}

/** Leaves alone what is left of a batch; what was done stays done. Nothing happens when it has ended. @throws AppError `not_found` */
export async function stopBatch(
  scope: TenantScope,
  { batchId }: BatchIdInput,
): Promise<{ status: BatchStatus }> {
  authorize(scope, "run.cancel");
  const how = { status: "stopped", note: null, action: "run.batch_stop" } as const;
  const status = await asTenant(scope, async (tx) =>
    (await endBatch(tx, scope, batchId, how)) ? null : statusOf(tx, scope, batchId),
  );
  if (status) return { status };
  await dispatchNotices();
  return { status: "stopped" };
}

/** Work goes on in somebody's name while they are away: only of the workspace's own people that can be known. */
function personOf({ actor }: TenantScope) {
  if (actor.kind === "user" && !actor.impersonatorId)
    return { requestedBy: actor.userId, sessionId: actor.sessionId };
  const message = "Only people of this workspace can do this with many runs. You can with single ones.";
  throw new AppError("forbidden", message, { reason: "not_a_member" });
}

async function findByRequest(tx: Tx, scope: TenantScope, requestKey: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: runBatches.id })
    .from(runBatches)
    .where(and(eq(runBatches.tenantId, scope.tenantId), eq(runBatches.requestKey, requestKey)))
    .limit(1);
  return row?.id ?? null;
}

async function statusOf(tx: Tx, scope: TenantScope, batchId: string): Promise<BatchStatus> {
  const [row] = await tx
    .select({ status: sql<BatchStatus>`${runBatches.status}` })
    .from(runBatches)
    .where(batchIs(scope, batchId))
    .limit(1);
  if (!row) throw batchNotFound();
  return row.status;
}
