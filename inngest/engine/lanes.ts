import { IS_WORKED_ON } from "./claim";
import type { EngineDatabase } from "./port";

/** The jobs of one function for one value of its concurrency key, or with an empty key all jobs of the function. */
export interface LaneStats {
  functionId: string;
  key: string;
  /** Jobs due now that nobody works on, and how long the oldest of them has been due. */
  due: number;
  oldestMs: number;
  working: number;
  /** Jobs that failed before and wait for another attempt, or are at it. */
  retrying: number;
  /** Runs that failed in the last 24 hours. */
  failed: number;
  /** Held by its function or by itself. */
  isPaused: boolean;
  /** How many values of the key have something of all this. */
  keys: number;
}

const MOST_KEYS = 50;

/**
 * What each function has to do, has had failures of or holds, in all and by the values of its key: at most 50 of those,
 * first what is held by itself, then the fullest. Sleeps and time limits are not counted.
 */
export function readLanes(db: EngineDatabase): Promise<LaneStats[]> {
  return db.query<LaneStats>(
    `WITH jobs AS (
       SELECT function_id, ${keyOf("lane")} AS key,
         count(*) FILTER (WHERE NOT ${IS_WORKED_ON} AND run_at <= now())::int AS due,
         coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE NOT ${IS_WORKED_ON} AND run_at <= now()))
           * 1000, 0)::float8 AS oldest,
         count(*) FILTER (WHERE ${IS_WORKED_ON})::int AS working,
         count(*) FILTER (WHERE attempt > 0)::int AS retrying
       FROM engine.job WHERE lane <> '' GROUP BY 1, 2
     ), failures AS (
       SELECT function_id, ${keyOf("lane")} AS key, count(*)::int AS failed FROM engine.run
       WHERE status = 'failed' AND ended_at > now() - interval '24 hours' GROUP BY 1, 2
     ), held AS (
       SELECT f.id AS function_id, substr(p.value, length(f.id) + 2) AS key, true AS own FROM engine.pause p
       JOIN engine.function f ON p.kind = 'key' AND starts_with(p.value, f.id || ' ')
     ), whole AS (
       SELECT value AS function_id, true AS paused FROM engine.pause WHERE kind = 'function'
     ), named AS (
       SELECT function_id, key FROM jobs WHERE due + working + retrying > 0
       UNION SELECT function_id, key FROM failures
       UNION SELECT function_id, key FROM held
     ), lanes AS (
       SELECT function_id, key, coalesce(due, 0) AS due, coalesce(oldest, 0) AS oldest,
         coalesce(working, 0) AS working, coalesce(retrying, 0) AS retrying, coalesce(failed, 0) AS failed,
         coalesce(own OR paused, false) AS paused, coalesce(paused, false) AS all_paused,
         row_number() OVER (PARTITION BY function_id, key <> ''
           ORDER BY own NULLS LAST, due DESC NULLS LAST, working DESC NULLS LAST, failed DESC NULLS LAST, key) AS place
       FROM named LEFT JOIN jobs USING (function_id, key) LEFT JOIN failures USING (function_id, key)
       LEFT JOIN held USING (function_id, key) LEFT JOIN whole USING (function_id)
     ), shown AS (
       SELECT function_id, '' AS key, sum(due)::int AS due, max(oldest) AS oldest,
         sum(working)::int AS working, sum(retrying)::int AS retrying, sum(failed)::int AS failed,
         bool_or(all_paused) AS paused, count(*) FILTER (WHERE key <> '')::int AS keys
       FROM lanes GROUP BY function_id
       UNION ALL SELECT function_id, key, due, oldest, working, retrying, failed, paused, 1
       FROM lanes WHERE key <> '' AND place <= ${MOST_KEYS}
     )
     SELECT function_id AS "functionId", key, due, oldest AS "oldestMs", working,
       retrying, failed, paused AS "isPaused", keys
     FROM shown ORDER BY due DESC, working DESC, failed DESC, 1, 2`,
  );
}

function keyOf(lane: string): string {
  return `CASE WHEN starts_with(${lane}, function_id || ' ') THEN substr(${lane}, length(function_id) + 2) ELSE '' END`;
}

/** A function that is served, and whether all of it is held. */
export interface ServedFunction {
  functionId: string;
  isPaused: boolean;
}

/** What is served, and what is held although it is served no more. */
export function readFunctions(db: EngineDatabase): Promise<ServedFunction[]> {
  return db.query<ServedFunction>(
    `SELECT coalesce(f.id, p.value) AS "functionId", p.value IS NOT NULL AS "isPaused"
     FROM engine.function f
     FULL JOIN (SELECT value FROM engine.pause WHERE kind = 'function') p ON p.value = f.id ORDER BY 1`,
  );
}
