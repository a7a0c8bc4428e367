import "server-only";
import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { asTenant } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { type Page, toPage } from "@/lib/paging";
import type { BatchItemsQuery, BatchOutcome } from "./batch-input";
import { batchIs, batchNotFound, itemsOf } from "./batch-store";
import type { RunStatus } from "./input";
import { agentOf, SUMMARY_COLUMNS, workflowOf } from "./run-columns";

/** A run of a batch, what became of it, and the new run where one was started. */
export type BatchItem = {
  /** Of the run that was there. */
  readonly id: string;
  /** Of its workflow or agent. */
  readonly name: string;
  readonly status: RunStatus;
  readonly createdAt: Date;
  readonly outcome: BatchOutcome;
  /** Why it was refused. */
  readonly message: string | null;
  readonly startedId: string | null;
  /** How the new run stands. */
  readonly startedStatus: RunStatus | null;
};

const started = alias(executions, "started");

/** The runs of a batch in the order in which their turn comes, oldest first. @throws AppError `not_found` */
export async function listBatchItems(
  scope: TenantScope,
  batchId: string,
  { outcome, cursor, limit }: BatchItemsQuery,
): Promise<Page<BatchItem>> {
  authorize(scope, "run.read");
  if (!isId(batchId)) throw batchNotFound();
  return asTenant(scope, async (tx) => {
    const [batch] = await tx
      .select({ id: runBatches.id })
      .from(runBatches)
      .where(batchIs(scope, batchId))
      .limit(1);
    if (!batch) throw batchNotFound();
    const { id, name, status, createdAt } = SUMMARY_COLUMNS;
    const rows = await tx
      .select({
        id,
        name,
        status,
        createdAt,
        outcome: sql<BatchOutcome>`coalesce(${runBatchItems.outcome}, 'left')`,
        message: runBatchItems.message,
        startedId: runBatchItems.startedId,
        startedStatus: sql<RunStatus | null>`${started.status}`,
      })
      .from(runBatchItems)
      .innerJoin(
        executions,
        and(eq(executions.tenantId, runBatchItems.tenantId), eq(executions.id, runBatchItems.executionId)),
      )
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(
        started,
        and(eq(started.tenantId, runBatchItems.tenantId), eq(started.id, runBatchItems.startedId)),
      )
      .where(
        and(
          itemsOf(scope, [batchId]),
          outcome ? outcomeIs(outcome) : undefined,
          cursor ? gt(runBatchItems.executionId, cursor) : undefined,
        ),
      )
      .orderBy(asc(runBatchItems.executionId))
      .limit(limit + 1);
    return toPage(rows, limit);
  });
}

function outcomeIs(outcome: BatchOutcome) {
  return outcome === "left" ? isNull(runBatchItems.outcome) : eq(runBatchItems.outcome, outcome);
}
