import "server-only";
import { and, eq, exists, like, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { runBatches } from "@/db/schema/run-batches";
import type { TenantScope } from "@/db/scope";
import { countRuns, limitsOf, queued, startedLately } from "./admission";

/** How the idempotency keys of runs begin that work on many runs starts. */
export const BATCH_KEY = "batch:";

const NO_ROOM = "It goes on as soon as some of the runs that are under way have ended.";

/** A run that such work started: a program may give its own runs keys that begin like that. */
function isOfBatch(tx: Tx, tenantId: string) {
  const batchId = sql`split_part(${executions.idempotencyKey}, ':', 2)`;
  const batch = tx
    .select({ id: runBatches.id })
    .from(runBatches)
    .where(and(eq(runBatches.tenantId, tenantId), eq(sql`${runBatches.id}::text`, batchId)));
  return and(like(executions.idempotencyKey, `${BATCH_KEY}%`), exists(batch));
}

/** How many runs may be started at the moment, and why there are no more. */
export type RoomForMany = { readonly room: number; readonly why: string };

/**
 * How many runs may be started at the moment by what is in no hurry: so few wait in line then that whoever starts one
 * meanwhile is soon served, and half of the starts that the plan allows a minute are left to them.
 */
export async function roomForMany(tx: Tx, scope: TenantScope): Promise<RoomForMany> {
  const { tenantId } = scope;
  const { maxRunning, maxQueued, startsPerMinute } = await limitsOf(tx, scope);
  const inLine = Math.min(maxRunning, maxQueued) - (await countRuns(tx, queued(tenantId)));
  if (startsPerMinute === null) return { room: inLine, why: NO_ROOM };
  const lately = startedLately(tenantId);
  const byMany = and(lately, isOfBatch(tx, tenantId));
  const left = startsPerMinute - (await countRuns(tx, lately));
  const share = Math.ceil(startsPerMinute / 2) - (await countRuns(tx, byMany));
  const room = Math.min(inLine, left, share);
  if (room === inLine) return { room, why: NO_ROOM };
  const most = `${startsPerMinute.toLocaleString("en-US")} starts a minute`;
  return {
    room,
    why: `Your plan allows ${most}, of which half are left to others. It goes on within a minute.`,
  };
}
