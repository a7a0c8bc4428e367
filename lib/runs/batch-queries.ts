import "server-only";
import { and, desc, eq, gt, isNull, or, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, executions, workflows } from "@/db/schema/ai";
import { apiKeys, users } from "@/db/schema/auth";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import {
  BATCH_VERBS,
  type BatchStatus,
  type BatchVerb,
  fitsVerb,
  MAX_BATCH_RUNS,
  type PreviewBatchInput,
} from "./batch-input";
import { matchingRuns } from "./batch-selection";
import { BATCH_COLUMNS, type BatchCounts, batchIs, batchNotFound, countItems, itemsOf } from "./batch-store";
import { agentOf, SUMMARY_COLUMNS, workflowOf } from "./run-columns";

/** What could be done with all runs that match. */
export type BatchPreview = {
  /** How many match. */
  readonly matching: number;
  /** There are more than were counted. */
  readonly isMore: boolean;
  /** With how many of them something can be done. */
  readonly fitting: Readonly<Record<BatchVerb, number>>;
  /** The newest of them; null when none matches. */
  readonly upTo: string | null;
};

const MOST_COUNTED = 5 * MAX_BATCH_RUNS;

/** Counts the runs that match. @throws AppError `limit_exceeded`, reason `search_too_long` */
export async function previewBatch(scope: TenantScope, { filter }: PreviewBatchInput): Promise<BatchPreview> {
  authorize(scope, "run.read");
  const fitting = { cancel: 0, resume: 0, replay: 0 };
  let matching = 0;
  let upTo: string | null = null;
  for await (const page of matchingRuns(scope, filter)) {
    matching += page.length;
    for (const run of page) {
      if (upTo === null || run.id > upTo) upTo = run.id;
      for (const verb of BATCH_VERBS) if (fitsVerb(verb, run)) fitting[verb] += 1;
    }
    if (matching >= MOST_COUNTED) return { matching, isMore: true, fitting, upTo };
  }
  return { matching, isMore: false, fitting, upTo };
}

export type BatchSummary = BatchCounts & {
  readonly id: string;
  readonly verb: BatchVerb;
  readonly status: BatchStatus;
  readonly total: number;
  readonly note: string | null;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
};

/** Runs with which it was not possible for the same reason. */
export type BatchRefusal = {
  readonly message: string;
  readonly count: number;
  /** The first of them. */
  readonly runs: readonly { readonly id: string; readonly name: string }[];
};

export type BatchDto = BatchSummary & {
  readonly requestedByName: string | null;
  /** Of the API key that asked for it. */
  readonly apiKeyName: string | null;
  readonly refusals: readonly BatchRefusal[];
};

/** How far a batch is, and what was not possible. @throws AppError `not_found` */
export async function getBatch(scope: TenantScope, batchId: string): Promise<BatchDto> {
  authorize(scope, "run.read");
  if (!isId(batchId)) throw batchNotFound();
  return asTenant(scope, async (tx) => {
    const [row] = await tx
      .select({ ...BATCH_COLUMNS, requestedByName: users.fullName, apiKeyName: apiKeys.name })
      .from(runBatches)
      .leftJoin(apiKeys, and(eq(apiKeys.tenantId, runBatches.tenantId), eq(apiKeys.id, runBatches.apiKeyId)))
      .leftJoin(users, and(eq(users.tenantId, runBatches.tenantId), eq(users.id, runBatches.requestedBy)))
      .where(batchIs(scope, batchId))
      .limit(1);
    if (!row) throw batchNotFound();
    const counts = await countItems(tx, scope, [batchId]);
    return { ...withCounts(row, counts), refusals: await loadRefusals(tx, scope, batchId) };
  });
}

/** Batches that are under way, and those of the viewer that ended within the last minutes; newest first. */
export async function listRecentBatches(scope: TenantScope): Promise<BatchSummary[]> {
  authorize(scope, "run.read");
  const { actor } = scope;
  const isOwn =
    actor.kind === "user"
      ? and(eq(runBatches.requestedBy, actor.userId), isNull(runBatches.apiKeyId))
      : sql`false`;
  return asTenant(scope, async (tx) => {
    const rows = await tx
      .select(BATCH_COLUMNS)
      .from(runBatches)
      .where(
        and(
          eq(runBatches.tenantId, scope.tenantId),
          or(
            eq(runBatches.status, "running"),
            and(gt(runBatches.endedAt, sql`now() - interval '10 minutes'`), isOwn),
          ),
        ),
      )
      .orderBy(desc(runBatches.id))
      .limit(MOST_LISTED);
    const counts = await countItems(
      tx,
      scope,
      rows.map((row) => row.id),
    );
    return rows.map((row) => withCounts(row, counts));
  });
}

const MOST_LISTED = 5;

function withCounts<Row extends { id: string }>(row: Row, counts: Map<string, BatchCounts>) {
  return { ...row, ...(counts.get(row.id) ?? { done: 0, refused: 0, left: 0 }) };
}

const MOST_NAMED = 5;
const MOST_REASONS = 50;

async function loadRefusals(tx: Tx, scope: TenantScope, batchId: string): Promise<BatchRefusal[]> {
  const { message, executionId } = runBatchItems;
  const numbered = tx
    .select({
      executionId,
      message: sql<string>`coalesce(${message}, '')`.as("why"),
      count: sql<number>`count(*) over (partition by ${message})`.mapWith(Number).as("alike"),
      place: sql<number>`row_number() over (partition by ${message} order by ${executionId} desc)`.as(
        "place",
      ),
    })
    .from(runBatchItems)
    .where(and(itemsOf(scope, [batchId]), eq(runBatchItems.outcome, "refused")))
    .as("numbered");
  const rows = await tx
    .select({
      id: executions.id,
      name: SUMMARY_COLUMNS.name,
      message: numbered.message,
      count: numbered.count,
    })
    .from(numbered)
    .innerJoin(
      executions,
      and(eq(executions.tenantId, scope.tenantId), eq(executions.id, numbered.executionId)),
    )
    .leftJoin(workflows, workflowOf)
    .leftJoin(agents, agentOf)
    .where(sql`${numbered.place} <= ${MOST_NAMED}`)
    .orderBy(desc(numbered.count), numbered.message, numbered.place)
    .limit(MOST_NAMED * MOST_REASONS);
  const reasons = Map.groupBy(rows, (row) => row.message);
  return [...reasons].map(([why, alike]) => ({
    message: why,
    count: alike[0]?.count ?? 0,
    runs: alike.map(({ id, name }) => ({ id, name })),
  }));
}
