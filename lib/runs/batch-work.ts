import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { keyScope, personScope } from "@/lib/auth/scope";
import { AppError } from "@/lib/errors";
import { dispatchNotices } from "@/lib/notifications/dispatch";
import { assertStartsOpen, grantedLimits, isOverLimit, queued } from "./admission";
import { type BatchEnd, endBatch } from "./batch-end";
import type { BatchVerb } from "./batch-input";
import { itemsOf, openBatchIs } from "./batch-store";
import { type BulkResult, forEachRun, tried, VERBS_OF_MANY } from "./commands/one-of-many";
import { BATCH_KEY, roomForMany } from "./room-for-many";

/** Done with so many, it is written down how far it is. */
const CHUNK = 40;
/** How often it is looked whether there is room for more runs, and how long until that is worth a new turn. */
const LOOK_EVERY_MS = 500;
const NO_ROOM_MS = 2_000;
const HINDERED_MS = 15_000;

const ALL = { room: CHUNK, why: null };
const SUSPENDED = "This workspace is suspended. It goes on by itself once it is active again.";

type Batch = {
  readonly verb: BatchVerb;
  readonly requestedBy: string;
  readonly sessionId: string | null;
  readonly apiKeyId: string | null;
};

/**
 * Works on a batch for a while, in the name of whoever asked for it. Twice at once, or again after a crash, does nothing
 * twice: what was done is written down, and a run is started by a key of its own.
 *
 * @returns after how many milliseconds it is to go on; null when nothing is left to do, or not while the workspace is suspended or owes for an invoice
 */
export async function workOnBatch(
  scope: TenantScope,
  batchId: string,
  { budgetMs }: { readonly budgetMs: number },
): Promise<number | null> {
  authorize(scope, "run.work");
  const until = performance.now() + budgetMs;
  const batch = await asWorker(scope, (tx) => findOpen(tx, scope, batchId));
  if (!batch) return null;
  const asker = await askerScope(scope, batch).catch(refused);
  if (asker instanceof AppError) return end(scope, batchId, { status: "stopped", note: asker.message });
  // Stopping runs stays possible. The sweep finds the others once runs may start.
  const hindrance = batch.verb === "cancel" ? null : await whyNoneStart(scope, asker);
  if (hindrance !== null) {
    await noteProgress(scope, batchId, { results: [], hindrance });
    return null;
  }
  do {
    const next = await nextRuns(scope, batchId, batch.verb);
    if (next === "none") return end(scope, batchId, { status: "completed", note: null });
    const { ids, why } = next;
    if (ids.length === 0) {
      if (!(await noteProgress(scope, batchId, { results: [], hindrance: why }))) return null;
      if (performance.now() + LOOK_EVERY_MS > until) return NO_ROOM_MS;
      await pause(LOOK_EVERY_MS);
      continue;
    }
    const done = await doAll(asker, batchId, batch.verb, ids);
    if (!(await noteProgress(scope, batchId, done))) return null;
    if (done.hindrance) return HINDERED_MS;
  } while (performance.now() < until);
  return 0;
}

async function findOpen(tx: Tx, scope: TenantScope, batchId: string): Promise<Batch | null> {
  const [row] = await tx
    .select({
      verb: sql<BatchVerb>`${runBatches.verb}`,
      requestedBy: runBatches.requestedBy,
      sessionId: runBatches.sessionId,
      apiKeyId: runBatches.apiKeyId,
    })
    .from(runBatches)
    .where(openBatchIs(scope, batchId))
    .limit(1);
  return row ?? null;
}

function askerScope({ tenantId }: TenantScope, { requestedBy, sessionId, apiKeyId }: Batch) {
  return sessionId
    ? personScope(tenantId, { userId: requestedBy, sessionId })
    : keyScope(tenantId, apiKeyId ?? "");
}

/** Why nothing starts in the workspace for as long as somebody does nothing about it; null when runs do. */
async function whyNoneStart(scope: TenantScope, asker: TenantScope): Promise<string | null> {
  if (asker.tenantStatus !== "active") return SUSPENDED;
  const [granted] = await asWorker(scope, (tx) => grantedLimits(tx, scope).execute());
  try {
    assertStartsOpen(granted);
    return null;
  } catch (error) {
    return refused(error).message;
  }
}

function refused(error: unknown): AppError {
  if (error instanceof AppError && !error.retryable) return error;
  throw error;
}

/** `why`: why there are no more of them, where they are started again. */
type NextRuns = { readonly ids: readonly string[]; readonly why: string | null };

/**
 * The runs whose turn it is, oldest first, so that those that are started again keep their order. Empty while there is no
 * room. Of those to be stopped first what waits in line, which would begin in the place of the others.
 */
async function nextRuns(scope: TenantScope, batchId: string, verb: BatchVerb): Promise<NextRuns | "none"> {
  return asWorker(scope, async (tx) => {
    const isLeft = and(itemsOf(scope, [batchId]), isNull(runBatchItems.outcome));
    if (verb === "cancel") {
      const inLine = await tx
        .select({ id: executions.id })
        .from(executions)
        .innerJoin(runBatchItems, and(isLeft, eq(runBatchItems.executionId, executions.id)))
        .where(queued(scope.tenantId))
        .orderBy(asc(executions.id))
        .limit(CHUNK);
      if (inLine.length > 0) return { ids: inLine.map((run) => run.id), why: null };
    }
    const rows = await tx
      .select({ id: runBatchItems.executionId })
      .from(runBatchItems)
      .where(isLeft)
      .orderBy(asc(runBatchItems.executionId))
      .limit(CHUNK);
    if (rows.length === 0) return "none";
    const { room, why } = verb === "cancel" ? ALL : await roomForMany(tx, scope);
    return { ids: rows.slice(0, Math.max(0, room)).map((row) => row.id), why };
  });
}

type Done = { readonly results: readonly BulkResult[]; readonly hindrance: string | null };

/** Does it with each, until something is in the way that passes: a limit of the plan, an invoice, or a service that is away. */
async function doAll(asker: TenantScope, batchId: string, verb: BatchVerb, ids: readonly string[]) {
  let hindrance: string | null = null;
  const results = await forEachRun(ids, async (id) => {
    if (hindrance !== null) return null;
    try {
      const one = { idempotencyKey: `${BATCH_KEY}${batchId}` };
      return await tried(id, (executionId) => VERBS_OF_MANY[verb](asker, { executionId, ...one }), isPassing);
    } catch (error) {
      hindrance = error instanceof Error ? error.message : String(error);
      return null;
    }
  });
  return { results: results.filter((result) => result !== null), hindrance } satisfies Done;
}

function isPassing(error: unknown): boolean {
  if (isOverLimit(error)) return true;
  if (!(error instanceof AppError)) return false;
  return error.reason === "starts_blocked" || (error.retryable && error.code !== "internal");
}

/** Writes down what was done and what is waited for. @returns false when the batch was stopped meanwhile */
async function noteProgress(
  scope: TenantScope,
  batchId: string,
  { results, hindrance }: Done,
): Promise<boolean> {
  return asWorker(scope, async (tx) => {
    if (results.length > 0) await writeResults(tx, scope, batchId, results);
    const rows = await tx
      .update(runBatches)
      .set({ note: hindrance, updatedAt: sql`now()` })
      .where(openBatchIs(scope, batchId))
      .returning({ id: runBatches.id });
    return rows.length > 0;
  });
}

async function writeResults(tx: Tx, scope: TenantScope, batchId: string, results: readonly BulkResult[]) {
  const rows = results.map((result) => ({
    execution_id: result.executionId,
    outcome: result.ok ? "done" : "refused",
    started_id: result.ok ? result.startedId : null,
    message: result.ok ? null : result.message,
  }));
  await tx.execute(sql`
    update run_batch_items i set outcome = r.outcome, started_id = r.started_id, message = r.message
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r(execution_id uuid, outcome text, started_id uuid, message text)
    where i.tenant_id = ${scope.tenantId} and i.batch_id = ${batchId} and i.execution_id = r.execution_id`);
}

async function end(scope: TenantScope, batchId: string, how: Omit<BatchEnd, "action">): Promise<null> {
  const isEnded = await asWorker(scope, (tx) =>
    endBatch(tx, scope, batchId, { ...how, action: "run.batch_end" }),
  );
  if (isEnded) await dispatchNotices();
  return null;
}
