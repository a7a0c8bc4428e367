import type { EngineDatabase } from "./port";

/** The jobs of one function for one value of its concurrency key; the key is empty for a function without one. */
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
}

const MOST_LANES = 100;

/**
 * The lanes with the most to do, at most 100, the fullest first, and those that are held or had failures. Sleeps and time
 * limits are not counted.
 */
export function readLanes(db: EngineDatabase): Promise<LaneStats[]> {
  return db.query<LaneStats>(
    `WITH jobs AS (
       SELECT function_id, ${keyOf("lane")} AS key,
         count(*) FILTER (WHERE lease_token IS NULL AND run_at <= now())::int AS due,
         coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE lease_token IS NULL AND run_at <= now()))
           * 1000, 0)::float8 AS oldest,
         count(*) FILTER (WHERE lease_token IS NOT NULL)::int AS working,
         count(*) FILTER (WHERE attempt > 0)::int AS retrying
       FROM engine.job WHERE lane <> '' GROUP BY 1, 2
     ), failures AS (
       SELECT function_id, ${keyOf("lane")} AS key, count(*)::int AS failed FROM engine.run
       WHERE status = 'failed' AND ended_at > now() - interval '24 hours' GROUP BY 1, 2
     ), held AS (
       SELECT f.id AS function_id, substr(p.value, length(f.id) + 2) AS key FROM engine.pause p
       JOIN engine.function f ON p.kind = 'key' AND starts_with(p.value, f.id || ' ')
     ), lanes AS (
       SELECT function_id, key FROM jobs WHERE due + working + retrying > 0
       UNION SELECT function_id, key FROM failures
       UNION SELECT function_id, key FROM held
     )
     SELECT function_id AS "functionId", key, coalesce(due, 0) AS due, coalesce(oldest, 0) AS "oldestMs",
       coalesce(working, 0) AS working, coalesce(retrying, 0) AS retrying, coalesce(failed, 0) AS failed,
       EXISTS (SELECT 1 FROM engine.pause p WHERE (p.kind = 'function' AND p.value = lanes.function_id)
         OR (p.kind = 'key' AND lanes.key <> '' AND p.value = lanes.function_id || ' ' || lanes.key)) AS "isPaused"
     FROM lanes LEFT JOIN jobs USING (function_id, key) LEFT JOIN failures USING (function_id, key)
     ORDER BY due DESC NULLS LAST, working DESC NULLS LAST, failed DESC NULLS LAST, 1, 2 LIMIT ${MOST_LANES}`,
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
