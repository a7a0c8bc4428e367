import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { BatchStatus, BatchVerb } from "./batch-input";

export function batchIs(scope: TenantScope, batchId: string) {
  return and(eq(runBatches.tenantId, scope.tenantId), eq(runBatches.id, batchId));
}

/** A batch that is still worked on. */
export function openBatchIs(scope: TenantScope, batchId: string) {
  return and(batchIs(scope, batchId), eq(runBatches.status, "running"));
}

export function itemsOf(scope: TenantScope, batchIds: readonly string[]) {
  return and(eq(runBatchItems.tenantId, scope.tenantId), inArray(runBatchItems.batchId, [...batchIds]));
}

export const BATCH_COLUMNS = {
  id: runBatches.id,
  verb: sql<BatchVerb>`${runBatches.verb}`,
  status: sql<BatchStatus>`${runBatches.status}`,
  total: runBatches.total,
  note: runBatches.note,
  createdAt: runBatches.createdAt,
  endedAt: runBatches.endedAt,
} as const;

/** How far a batch is: the runs it was done with, those it was not possible with, and those that are left. */
export type BatchCounts = { readonly done: number; readonly refused: number; readonly left: number };

export async function countItems(
  tx: Tx,
  scope: TenantScope,
  batchIds: readonly string[],
): Promise<Map<string, BatchCounts>> {
  if (batchIds.length === 0) return new Map();
  const count = (condition: ReturnType<typeof sql>) =>
    sql<number>`count(*) filter (where ${condition})`.mapWith(Number);
  const { outcome } = runBatchItems;
  const rows = await tx
    .select({
      batchId: runBatchItems.batchId,
      done: count(sql`${outcome} = 'done'`),
      refused: count(sql`${outcome} = 'refused'`),
      left: count(sql`${outcome} is null`),
    })
    .from(runBatchItems)
    .where(itemsOf(scope, batchIds))
    .groupBy(runBatchItems.batchId);
  return new Map(rows.map(({ batchId, ...counts }) => [batchId, counts]));
}

export function batchNotFound(): AppError {
  return new AppError("not_found", "This does not exist.");
}
