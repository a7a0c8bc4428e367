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
  isPaused: boolean;
}

const MOST_LANES = 100;

/** The lanes with the most to do, at most 100, the fullest first. Sleeps and time limits are not counted. */
export function readLanes(db: EngineDatabase): Promise<LaneStats[]> {
  return db.query<LaneStats>(
    `SELECT lanes.*, EXISTS (
       SELECT 1 FROM engine.pause p WHERE (p.kind = 'function' AND p.value = lanes."functionId")
         OR (p.kind = 'key' AND p.value = lanes.key AND lanes.key <> '')) AS "isPaused"
     FROM (
       SELECT function_id AS "functionId",
         CASE WHEN starts_with(lane, function_id || ' ') THEN substr(lane, length(function_id) + 2) ELSE '' END AS key,
         count(*) FILTER (WHERE lease_token IS NULL AND run_at <= now())::int AS due,
         coalesce(extract(epoch FROM now() - min(run_at) FILTER (WHERE lease_token IS NULL AND run_at <= now()))
           * 1000, 0)::float8 AS "oldestMs",
         count(*) FILTER (WHERE lease_token IS NOT NULL)::int AS working,
         count(*) FILTER (WHERE attempt > 0)::int AS retrying
       FROM engine.job WHERE lane <> '' GROUP BY 1, 2
     ) lanes
     WHERE due + working + retrying > 0 ORDER BY due DESC, working DESC, 1, 2 LIMIT ${MOST_LANES}`,
  );
}
