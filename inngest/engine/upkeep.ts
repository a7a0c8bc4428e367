import { IS_WORKED_ON } from "./claim";
import type { EngineOptions } from "./options";
import type { EngineDatabase } from "./port";
import { LIMITS } from "./protocol";

const PURGE_BATCH = 500;
/** Rows of keys are small, and no index finds them by their age: each batch looks from the begin. */
const KEYS_BATCH = 5_000;
const PURGE_EVERY_MS = 3_600_000;

/**
 * Deletes runs that ended, and events that arrived, before the retention; events at least a day old.
 * @param goesOn whether there is time for another batch of them
 * @returns how many runs
 */
export async function purge(db: EngineDatabase, retentionMs: number, goesOn = () => true): Promise<number> {
  const cutoff = "now() - $1::float8 * interval '1 millisecond'";
  const inBatches = async (table: string, which: string, most = PURGE_BATCH, by = "id") => {
    let deleted = 0;
    for (let batch = most; batch === most && goesOn(); deleted += batch) {
      const rows = await db.query(
        `DELETE FROM ${table} WHERE ${by} = ANY (ARRAY(
           SELECT ${by} FROM ${table} WHERE ${which} LIMIT ${most})) RETURNING 1`,
        which.includes("$1") ? [retentionMs] : [],
      );
      batch = rows.length;
    }
    return deleted;
  };
  const purged = await inBatches("engine.run", `ended_at < ${cutoff}`);
  // Younger events and keys are what duplicates are recognized by.
  await inBatches(
    "engine.event",
    `routed_at IS NOT NULL AND received_at < least(${cutoff}, now() - interval '1 day')`,
  );
  await inBatches("engine.idempotency", "created_at < now() - interval '1 day'", KEYS_BATCH, "ctid");
  return purged;
}

type Purging = Pick<Required<EngineOptions>, "db" | "log" | "retentionMs">;

/**
 * Forgets what is old, every hour however often it is asked to, and beside the work: there may be minutes of it.
 * @returns ends with the one under way
 */
export function hourlyPurge(): (options: Purging, goesOn: () => boolean) => Promise<void> {
  let begunAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<unknown> = Promise.resolve();
  return async ({ db, log, retentionMs }, goesOn) => {
    if (performance.now() - begunAt > PURGE_EVERY_MS) {
      begunAt = performance.now();
      const failed = (err: unknown) =>
        log.error({ err }, "runs that ended long ago are not forgotten yet: it is tried again in an hour");
      underWay = underWay.then(() => purge(db, retentionMs, goesOn)).catch(failed);
    }
    await underWay;
  };
}

/** The state of the queue, for people who run the platform. Counts of ended runs are of the last 24 hours. */
export interface EngineStats {
  /** Jobs due now that nobody works on. */
  queueDepth: number;
  /** How long the oldest of them has been due; 0 when there is none. */
  oldestJobAgeMs: number;
  /** Jobs handed to a process right now. */
  leased: number;
  /** Sleeps, time limits and retries still to come. */
  scheduled: number;
  /** Runs waiting for an event. */
  waiting: number;
  unroutedEvents: number;
  queuedRuns: number;
  runningRuns: number;
  completedRuns: number;
  failedRuns: number;
  cancelledRuns: number;
  limits: typeof LIMITS;
}

/** Reads the stats in one statement. */
export async function readStats(db: EngineDatabase): Promise<EngineStats> {
  const [counts] = await db.query<Omit<EngineStats, "limits">>(
    `SELECT jobs.*, runs.*,
       (SELECT count(*)::int FROM engine.wait WHERE step_id IS NOT NULL) AS waiting,
       (SELECT count(*)::int FROM engine.event WHERE routed_at IS NULL) AS "unroutedEvents"
     FROM (
       SELECT count(*) FILTER (WHERE NOT ${IS_WORKED_ON} AND run_at <= now())::int AS "queueDepth",
         coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE NOT ${IS_WORKED_ON} AND run_at <= now()))
           * 1000, 0)::float8 AS "oldestJobAgeMs",
         count(*) FILTER (WHERE ${IS_WORKED_ON})::int AS leased,
         count(*) FILTER (WHERE NOT ${IS_WORKED_ON} AND run_at > now())::int AS scheduled
       FROM engine.job) jobs,
     (
       SELECT count(*) FILTER (WHERE status = 'queued')::int AS "queuedRuns",
         count(*) FILTER (WHERE status = 'running')::int AS "runningRuns",
         count(*) FILTER (WHERE status = 'completed')::int AS "completedRuns",
         count(*) FILTER (WHERE status = 'failed')::int AS "failedRuns",
         count(*) FILTER (WHERE status = 'cancelled')::int AS "cancelledRuns"
       FROM engine.run WHERE ended_at IS NULL OR ended_at > now() - interval '24 hours') runs`,
  );
  if (!counts) throw new Error("The stats query gave no row");
  return { ...counts, limits: LIMITS };
}
