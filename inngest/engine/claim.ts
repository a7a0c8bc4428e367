import { v7 } from "uuid";
import { type EngineDatabase, type Query, transact } from "./port";

export interface Job {
  id: string;
  runId: string;
  kind: "discover" | "step" | "timer" | "deadline";
  stepId: string;
  functionId: string;
  attempt: number;
  /** How often the job was handed out without an answer: it grows when processes die of it. */
  deliveries: number;
  token: string;
}

const CLAIM_LOCK = 7_140_002;

/**
 * Walks the lanes by index, takes from each what its concurrency limit leaves, and orders so that a lane with
 * much in flight comes after one with little: a tenant's backlog never delays another tenant's first job.
 */
const CLAIM = `
WITH RECURSIVE lane AS (
  (SELECT lane, function_id FROM engine.job WHERE lease_token IS NULL ORDER BY lane LIMIT 1)
  UNION ALL
  SELECT next.lane, next.function_id FROM lane, LATERAL (
    SELECT j.lane, j.function_id FROM engine.job j
    WHERE j.lease_token IS NULL AND j.lane > lane.lane ORDER BY j.lane LIMIT 1
  ) next
), busy AS (
  SELECT lane, count(*)::int AS jobs FROM engine.job WHERE lease_token IS NOT NULL GROUP BY lane
), picked AS (
  SELECT ready.id, ready.run_at, ready.place + coalesce(busy.jobs, 0) AS turn
  FROM lane
  LEFT JOIN busy ON busy.lane = lane.lane
  LEFT JOIN json_each_text($2::json) allowed ON allowed.key = lane.function_id
  CROSS JOIN LATERAL (
    SELECT j.id, j.run_at, row_number() OVER (ORDER BY j.run_at, j.id) AS place FROM engine.job j
    WHERE j.lane = lane.lane AND j.lease_token IS NULL AND j.run_at <= now()
    ORDER BY j.run_at, j.id
    LIMIT CASE WHEN lane.lane = '' THEN $1::int
      ELSE least($1::int, greatest(0, allowed.value::int - coalesce(busy.jobs, 0))) END
  ) ready
  WHERE lane.lane = '' OR allowed.key IS NOT NULL
  ORDER BY turn, ready.run_at LIMIT $1::int
)
SELECT j.id FROM engine.job j JOIN picked ON picked.id = j.id
WHERE j.lease_token IS NULL ORDER BY picked.turn, picked.run_at
FOR UPDATE OF j SKIP LOCKED`;

export interface ClaimInput {
  slots: number;
  leaseMs: number;
  /** The concurrency limit of each function this process knows; jobs of others are left for others. */
  limits: Record<string, number>;
}

/**
 * Leases the next due jobs to this process, at most `slots`, and tells the database's time of the look. One claim
 * at a time keeps the limits exact.
 */
export async function claimJobs(db: EngineDatabase, input: ClaimInput): Promise<{ jobs: Job[]; at: Date }> {
  return transact(db, async (query) => {
    const [lock] = await query<{ at: Date }>("SELECT now() AS at, pg_advisory_xact_lock($1)", [CLAIM_LOCK]);
    const at = lock?.at ?? new Date(0);
    const picked = await query<{ id: string }>(CLAIM, [input.slots, JSON.stringify(input.limits)]);
    if (picked.length === 0) return { jobs: [], at };
    const jobs = await query<Job>(
      `UPDATE engine.job SET lease_token = $2, deliveries = deliveries + 1,
         lease_expires_at = now() + $3::float8 * interval '1 millisecond'
       WHERE id = ANY($1::uuid[])
       RETURNING id, run_id AS "runId", kind, step_id AS "stepId", function_id AS "functionId",
         attempt, deliveries, lease_token AS token`,
      [picked.map((job) => job.id), v7(), input.leaseMs],
    );
    return { jobs, at };
  });
}

/** Whether a job is still this process's: a lost lease makes every answer under it void. Locks the job. */
export async function holdsLease(query: Query, job: { id: string; token: string }): Promise<boolean> {
  const held = await query("SELECT 1 FROM engine.job WHERE id = $1 AND lease_token = $2 FOR UPDATE", [
    job.id,
    job.token,
  ]);
  return held.length > 0;
}

/** Prolongs the leases of the jobs in flight here. */
export async function heartbeat(query: Query, jobs: readonly Job[], leaseMs: number): Promise<void> {
  if (jobs.length === 0) return;
  await query(
    `UPDATE engine.job SET lease_expires_at = now() + $3::float8 * interval '1 millisecond'
     WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])`,
    [jobs.map((job) => job.id), jobs.map((job) => job.token), leaseMs],
  );
}

/** Gives a job back unanswered, to be due again after a while. */
export async function releaseJob(query: Query, job: Job, delayMs: number): Promise<void> {
  await query(
    `UPDATE engine.job SET lease_token = NULL, lease_expires_at = NULL, deliveries = greatest(0, deliveries - 1),
       run_at = now() + $3::float8 * interval '1 millisecond'
     WHERE id = $1 AND lease_token = $2`,
    [job.id, job.token, delayMs],
  );
}

/** Frees jobs whose lease ran out, or every lease when this process alone works on the database. */
export async function freeLeases(query: Query, which: "expired" | "all"): Promise<void> {
  await query(
    `UPDATE engine.job SET lease_token = NULL, lease_expires_at = NULL
     WHERE lease_token IS NOT NULL${which === "expired" ? " AND lease_expires_at < now()" : ""}`,
  );
}

/** Milliseconds until something becomes due that was not when the jobs were claimed; null when nothing will. */
export async function nextDueMs(
  query: Query,
  claimedAt: Date,
  functionIds: readonly string[],
): Promise<number | null> {
  const [row] = await query<{ ms: number | null }>(
    `SELECT extract(epoch FROM least(
       (SELECT min(run_at) FROM engine.job WHERE lease_token IS NULL AND run_at > $1),
       (SELECT min(lease_expires_at) FROM engine.job WHERE lease_token IS NOT NULL),
       (SELECT min(due_at) FROM engine.event WHERE routed_at IS NULL),
       (SELECT min(next_at) FROM engine.cron WHERE function_id = ANY($2::text[]))
     ) - now())::float8 * 1000 AS ms`,
    [claimedAt, functionIds],
  );
  return row?.ms ?? null;
}
