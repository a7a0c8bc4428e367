import "server-only";
import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { runBatches } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { notify } from "@/lib/notifications/notify";
import type { BatchStatus, BatchVerb } from "./batch-input";
import { type BatchCounts, countItems, openBatchIs } from "./batch-store";
import { DOING_WORDS, DONE_WORDS, othersOf, severalRuns } from "./batch-words";

export type BatchEnd = {
  readonly status: Exclude<BatchStatus, "running">;
  /** Why it was stopped. */
  readonly note: string | null;
  readonly action: "run.batch_end" | "run.batch_stop";
};

/** Whoever asked for what is done within this time has not left its page. */
const WATCHED_MS = 10_000;

/**
 * Ends a batch in the caller's transaction, once, and tells the person who asked for it, unless they saw it end; a
 * program is told as an endpoint. After the commit call `dispatchNotices()`.
 * @returns false when it had ended before
 */
export async function endBatch(
  tx: Tx,
  scope: TenantScope,
  batchId: string,
  { status, note, action }: BatchEnd,
): Promise<boolean> {
  const [ended] = await tx
    .update(runBatches)
    .set({ status, note, endedAt: sql`now()` })
    .where(openBatchIs(scope, batchId))
    .returning({
      verb: sql<BatchVerb>`${runBatches.verb}`,
      total: runBatches.total,
      requestedBy: runBatches.requestedBy,
      isByKey: sql<boolean>`${runBatches.apiKeyId} is not null`,
      isQuick: sql<boolean>`${runBatches.endedAt} - ${runBatches.createdAt} < ${WATCHED_MS}::int * interval '1 millisecond'`,
    });
  if (!ended) return false;
  const counts = (await countItems(tx, scope, [batchId])).get(batchId) ?? { done: 0, refused: 0, left: 0 };
  await audit(tx, scope, {
    action,
    targetType: "run_batch",
    targetId: batchId,
    after: { status, ...counts },
  });
  const isSeen = action === "run.batch_stop" ? isBy(scope, ended.requestedBy) : ended.isQuick;
  const isWatched = isSeen || ended.isByKey;
  await notify(tx, scope, {
    kind: "batch_ended",
    title: titleOf(ended, status, counts),
    body: bodyOf(ended.verb, { status, note }, counts),
    href: `/app/runs/batches/${batchId}`,
    dedupeKey: `batch_ended:${batchId}`,
    to: isWatched ? {} : { userIds: [ended.requestedBy] },
    ids: { batchId, verb: ended.verb, status },
  });
  return true;
}

function isBy({ actor }: TenantScope, userId: string): boolean {
  return actor.kind === "user" && actor.userId === userId;
}

type Ended = { readonly verb: BatchVerb; readonly total: number };

/** Without a count of what was stopped in the middle: some of its runs may be under work at that moment. */
function titleOf({ verb, total }: Ended, status: BatchEnd["status"], counts: BatchCounts): string {
  if (status === "stopped") return `${DOING_WORDS[verb]} ${severalRuns(total)} was stopped`;
  return [`${severalRuns(counts.done)} ${DONE_WORDS[verb]}`, ...othersOf({ status, ...counts })].join(", ");
}

function bodyOf(
  verb: BatchVerb,
  { status, note }: Omit<BatchEnd, "action">,
  { refused }: BatchCounts,
): string {
  if (status === "stopped") return note ?? "What was done stays done, and the others are left alone.";
  if (refused > 0) return "Its page says why it was not possible with the others.";
  return verb === "cancel" ? "That was all of them." : "Its page leads to the new runs.";
}
