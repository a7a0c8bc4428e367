import { v7 } from "uuid";
import { again, type EngineDatabase, type Query } from "./port";
import type { Run } from "./run";

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

/** A leased job with what calling its function needs. */
export interface Claimed {
  job: Job;
  run: Run;
  /** Steps in the order of completion; open ones at the end. */
  steps: readonly { id: string; state: unknown; settled: boolean }[];
}

const CLAIM_LOCK = 7_140_002;

/** One look walks so many lanes, whatever their number; the next one goes on behind them. */
const LANES_PER_LOOK = 128;

/**
 * Walks lanes by index, takes from each what its concurrency limit leaves, and orders so that a lane with much in
 * flight comes after one with little: a tenant's backlog never delays another tenant's first job.
 */
const CLAIM = `
WITH RECURSIVE lane AS (
  (SELECT lane, function_id, 1 AS place FROM engine.job
   WHERE lease_token IS NULL AND lane >= $5 ORDER BY lane LIMIT 1)
  UNION ALL
  SELECT next.lane, next.function_id, lane.place + 1 FROM lane, LATERAL (
    SELECT j.lane, j.function_id FROM engine.job j
    WHERE j.lease_token IS NULL AND j.lane > lane.lane ORDER BY j.lane LIMIT 1
  ) next WHERE lane.place < ${LANES_PER_LOOK}
), busy AS (
  SELECT lane, count(*)::int AS jobs FROM engine.job WHERE lease_token IS NOT NULL GROUP BY lane
), open AS (
  SELECT lane.lane, coalesce(busy.jobs, 0) AS busy,
    CASE WHEN lane.lane = '' THEN $1::int
      ELSE least($1::int, greatest(0, allowed.value::int - coalesce(busy.jobs, 0))) END AS room
  FROM lane
  LEFT JOIN busy ON busy.lane = lane.lane
  LEFT JOIN json_each_text($2::json) allowed ON allowed.key = lane.function_id
  WHERE (lane.lane = '' OR allowed.key IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM engine.pause p WHERE lane.lane <> '' AND
      (p.kind = 'function' AND p.value = lane.function_id
        OR p.kind = 'key' AND p.value = lane.lane))
), picked AS (
  SELECT ready.id, ready.run_at, ready.place + open.busy AS turn
  FROM open CROSS JOIN LATERAL (
    SELECT j.id, j.run_at, row_number() OVER (ORDER BY j.run_at, j.id) AS place FROM engine.job j
    WHERE j.lane = open.lane AND j.lease_token IS NULL AND j.run_at <= now()
    ORDER BY j.run_at, j.id LIMIT open.room
  ) ready
  ORDER BY turn, ready.run_at LIMIT $1::int
), mine AS (
  SELECT j.id FROM engine.job j JOIN picked ON picked.id = j.id
  WHERE j.lease_token IS NULL ORDER BY picked.turn, picked.run_at
  FOR UPDATE OF j SKIP LOCKED
), leased AS (
  UPDATE engine.job SET lease_token = $3, deliveries = deliveries + 1,
    lease_expires_at = now() + $4::float8 * interval '1 millisecond'
  WHERE id IN (SELECT id FROM mine) RETURNING id
)
SELECT now() AS at, (SELECT count(*)::int FROM leased) AS taken,
  (SELECT lane FROM lane WHERE place = ${LANES_PER_LOOK}) AS "lastLane",
  (SELECT json_agg(kind || ' ' || value) FROM engine.pause) AS held`;

/** Marks the runs that begin by the jobs just leased; one that is being ended at this moment is left alone. */
const BEGIN_RUNS = `
UPDATE engine.run SET status = 'running', started_at = now() WHERE id IN (
  SELECT r.id FROM engine.run r JOIN engine.job j ON j.run_id = r.id
  WHERE j.lease_token = $1 AND j.kind = 'discover' AND r.status = 'queued' FOR UPDATE OF r SKIP LOCKED)`;

/** Read after the lease is taken: a step that is settled from now on asks for another call. */
const READ_LEASED = `
SELECT j.id, j.run_id AS "runId", j.kind, j.step_id AS "stepId", j.function_id AS "functionId", j.attempt,
  j.deliveries, j.lease_token AS token,
  json_build_object('id', r.id, 'functionId', r.function_id, 'lane', r.lane, 'status', r.status, 'event', r.event,
    'version', r.request_version, 'parentRunId', r.parent_run_id, 'parentStepId', r.parent_step_id) AS run,
  CASE WHEN j.kind IN ('discover', 'step') THEN (
    SELECT json_agg(json_build_object('id', s.id, 'state', s.state, 'settled', s.position IS NOT NULL)
      ORDER BY s.position) FROM engine.step s WHERE s.run_id = j.run_id) END AS steps
FROM engine.job j JOIN engine.run r ON r.id = j.run_id WHERE j.lease_token = $1 ORDER BY j.run_at, j.id`;

export interface ClaimInput {
  slots: number;
  leaseMs: number;
  /** The concurrency limit of each function this process knows; jobs of others are left for others. */
  limits: Record<string, number>;
  /** Where in the order of lanes to begin: what the look before this one gave. */
  fromLane: string;
}

export interface ClaimResult {
  claimed: Claimed[];
  /** The database's time of the look. */
  at: Date;
  /** Where the next look begins; empty when this one came to the last lane. */
  nextLane: string;
  /** What operators hold: `function` or `key`, a space, and which. */
  held: ReadonlySet<string>;
}

type Row = Job & Pick<Claimed, "run"> & { steps: Claimed["steps"] | null };

/**
 * Leases the next due jobs to this process, at most `slots`. One claim at a time keeps the limits exact; its
 * statements travel together.
 */
export async function claimJobs(db: EngineDatabase, input: ClaimInput): Promise<ClaimResult> {
  const token = v7();
  const [, looked, , rows] = await again(() =>
    db.batch([
      { sql: "SELECT pg_advisory_xact_lock($1)", params: [CLAIM_LOCK] },
      {
        sql: CLAIM,
        params: [input.slots, JSON.stringify(input.limits), token, input.leaseMs, input.fromLane],
      },
      { sql: BEGIN_RUNS, params: [token] },
      { sql: READ_LEASED, params: [token] },
    ]),
  );
  const [look] = looked as { at: Date; lastLane: string | null; held: string[] | null }[];
  return {
    claimed: (rows as Row[]).map(({ run, steps, ...job }) => ({ job, run, steps: steps ?? [] })),
    at: look?.at ?? new Date(0),
    nextLane: look?.lastLane ?? "",
    held: new Set(look?.held),
  };
}

/** Whether a job is still this process's: a lost lease makes every answer under it void. Locks the job. */
export async function holdsLease(query: Query, job: { id: string; token: string }): Promise<boolean> {
  const held = await query("SELECT 1 FROM engine.job WHERE id = $1 AND lease_token = $2 FOR UPDATE", [
    job.id,
    job.token,
  ]);
  return held.length > 0;
}

/** Prolongs the leases of the jobs in flight here. None waits for another that somebody has locked at this moment. */
export async function heartbeat(query: Query, jobs: readonly Job[], leaseMs: number): Promise<void> {
  if (jobs.length === 0) return;
  await query(
    `UPDATE engine.job SET lease_expires_at = now() + $3::float8 * interval '1 millisecond' WHERE id IN (
       SELECT id FROM engine.job WHERE id = ANY($1::uuid[]) AND lease_token = ANY($2::uuid[])
       ORDER BY id FOR UPDATE SKIP LOCKED)`,
    leasesOf(jobs, leaseMs),
  );
}

function leasesOf(jobs: readonly Job[], ...more: unknown[]): unknown[] {
  return [jobs.map((job) => job.id), jobs.map((job) => job.token), ...more];
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

/** What a dead process held is worked on by nobody, also while there is none that frees it. */
export const IS_WORKED_ON = "coalesce(lease_expires_at > now(), false)";

/**
 * Frees jobs whose lease ran out, without waiting for one that somebody has locked; or all, when this process alone works on
 * the database and has just begun.
 * @param own what is in flight here: when its lease could not be prolonged, it is worked on all the same
 */
export async function freeLeases(query: Query, own: readonly Job[] | "all"): Promise<void> {
  const free =
    "UPDATE engine.job SET lease_token = NULL, lease_expires_at = NULL WHERE lease_token IS NOT NULL";
  if (own === "all") return void (await query(free));
  await query(
    `${free} AND id IN (
       SELECT id FROM engine.job WHERE lease_token IS NOT NULL AND lease_expires_at < now()
         AND NOT EXISTS (SELECT 1 FROM unnest($1::uuid[], $2::uuid[]) AS own (id, token)
           WHERE own.id = job.id AND own.token = job.lease_token)
       FOR UPDATE SKIP LOCKED)`,
    leasesOf(own),
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
       (SELECT min(greatest(lease_expires_at, $1::timestamptz + interval '1 second')) FROM engine.job
        WHERE lease_token IS NOT NULL),
       (SELECT min(due_at) FROM engine.event WHERE routed_at IS NULL),
       (SELECT min(next_at) FROM engine.cron WHERE function_id = ANY($2::text[]))
     ) - now())::float8 * 1000 AS ms`,
    [claimedAt, functionIds],
  );
  return row?.ms ?? null;
}
