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
import { selectRuns } from "../batch-selection";
import { batchIs, batchNotFound } from "../batch-store";
import { requestHash } from "../request-hash";

const PERMISSIONS = { cancel: "run.cancel", resume: "run.resume", replay: "run.replay" } as const;

const NOTHING: Readonly<Record<BatchVerb, string>> = {
  cancel: "None of these runs is still going, so there is nothing to stop.",
  resume: "None of these runs failed or was stopped, so there is nothing to resume.",
  replay: "None of these runs can be replayed.",
};

export type BatchStarted = {
  readonly batchId: string;
  /** How many runs it has. */
  readonly total: number;
  /** False when it was there already. */
  readonly isNew: boolean;
};

/**
 * Stops, resumes or replays all runs that match a filter, up to `MAX_BATCH_RUNS` of the newest, or those that are named.
 * Which they are is decided here; the work is done in the background, each run as by itself and in the name of whoever
 * asked.
 *
 * @throws AppError `precondition`, reason `nothing_to_do`; `forbidden`, reason `not_a_member`; `limit_exceeded`, reason
 * `search_too_long`; `not_found` for a run that is named; `conflict`, reason `idempotency_key_reused`
 */
export async function startBatch(scope: TenantScope, input: StartBatchInput): Promise<BatchStarted> {
  authorize(scope, PERMISSIONS[input.verb]);
  const { verb, requestKey, ...selection } = input;
  const asker = askerOf(scope);
  const asked = "filter" in selection ? { filter: selection.filter } : selection;
  const request = { requestKey, requestHash: requestHash({ verb, ...asked }) };
  const known = await asTenant(scope, (tx) => findByRequest(tx, scope, request));
  if (known) return known;
  const executionIds = await selectRuns(scope, verb, selection);
  if (executionIds.length === 0)
    throw new AppError("precondition", NOTHING[verb], { reason: "nothing_to_do" });
  const { tenantId } = scope;
  const total = executionIds.length;
  const filter = "filter" in selection ? selection.filter : null;
  const batch = { id: newId(), tenantId, verb, filter, total, ...request, ...asker };
  const started = await asTenant(scope, async (tx) => {
    const [written] = await tx
      .insert(runBatches)
      .values(batch)
      .onConflictDoNothing()
      .returning({ id: runBatches.id });
    if (!written) return findByRequest(tx, scope, request);
    const items = executionIds.map((executionId) => ({ tenantId, batchId: batch.id, executionId }));
    await insertRows(tx, runBatchItems, items).execute();
    await audit(tx, scope, {
      action: "run.batch_start",
      targetType: "run_batch",
      targetId: batch.id,
      after: { verb, ...(filter ? { filter } : {}), total },
    });
    return { batchId: written.id, total, isNew: true };
  });
  if (!started) throw new AppError("conflict", "This is being done already.");
  await dispatchBatch(scope, started.batchId);
  return started;
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

/** Work goes on in somebody's name while they are away: only of the workspace's own people and keys that can be known. */
function askerOf({ actor }: TenantScope) {
  if (actor.kind === "api_key") return { requestedBy: actor.userId, apiKeyId: actor.keyId };
  if (actor.kind === "user" && !actor.impersonatorId)
    return { requestedBy: actor.userId, sessionId: actor.sessionId };
  const message = "Only people of this workspace can do this with many runs. You can with single ones.";
  throw new AppError("forbidden", message, { reason: "not_a_member" });
}

type Request = { readonly requestKey: string; readonly requestHash: string };

/** What the same request made before. @throws AppError `conflict` when its key named another one */
async function findByRequest(
  tx: Tx,
  scope: TenantScope,
  { requestKey, requestHash: hash }: Request,
): Promise<BatchStarted | null> {
  const [row] = await tx
    .select({ id: runBatches.id, total: runBatches.total, hash: runBatches.requestHash })
    .from(runBatches)
    .where(and(eq(runBatches.tenantId, scope.tenantId), eq(runBatches.requestKey, requestKey)))
    .limit(1);
  if (!row) return null;
  if (row.hash !== null && row.hash !== hash) {
    const message = "This idempotency key was used for another request.";
    throw new AppError("conflict", message, { reason: "idempotency_key_reused" });
  }
  return { batchId: row.id, total: row.total, isNew: false };
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
