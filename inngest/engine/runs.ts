import { IS_WORKED_ON } from "./claim";
import type { EngineDatabase } from "./port";

/** What the event of a run says it is about: the fields that were asked for. */
type About = Record<string, string | null>;

export interface OpenRun {
  runId: string;
  functionId: string;
  createdAt: Date;
  /** When it is called next, or was to be; null while only time or an event can wake it. */
  dueAt: Date | null;
  isWorking: boolean;
  /** How many tries its next call has had, from zero. */
  attempt: number;
  about: About;
}

export interface FailedRun {
  runId: string;
  functionId: string;
  message: string;
  endedAt: Date;
  /** The run that was started for the same event since. */
  retriedAs: string | null;
  about: About;
}

/** Fields of the event's data; a function that handles a failure has the event that failed inside of its own. */
const ABOUT = `(SELECT json_object_agg(field,
    coalesce(r.event->'data'->>field, r.event->'data'->'event'->'data'->>field))
  FROM unnest($1::text[]) AS field)`;

/** One run, whatever became of it; null for an id there is none of. */
export async function findRun(
  db: EngineDatabase,
  { runId, fields }: { runId: string; fields: readonly string[] },
): Promise<{ functionId: string; status: string; about: About } | null> {
  const [run] = await db.query<{ functionId: string; status: string; about: About }>(
    `SELECT r.function_id AS "functionId", r.status, ${ABOUT} AS about FROM engine.run r WHERE r.id = $2`,
    [fields, runId],
  );
  return run ?? null;
}

/** Runs that go on, the oldest first. `fields` are those of the event's data to give with them. */
export function readOpenRuns(
  db: EngineDatabase,
  { limit, fields }: { limit: number; fields: readonly string[] },
): Promise<OpenRun[]> {
  const oldest = (status: string) =>
    `(SELECT id, function_id, created_at, event FROM engine.run WHERE status = '${status}'
      ORDER BY created_at LIMIT $2)`;
  return db.query<OpenRun>(
    `SELECT r.id AS "runId", r.function_id AS "functionId", r.created_at AS "createdAt", ${ABOUT} AS about,
       jobs.due AS "dueAt", coalesce(jobs.leased, false) AS "isWorking", coalesce(jobs.attempt, 0) AS attempt
     FROM (${oldest("running")} UNION ALL ${oldest("queued")} ORDER BY created_at LIMIT $2) r
     LEFT JOIN LATERAL (
       SELECT min(run_at) AS due, bool_or(${IS_WORKED_ON}) AS leased, max(attempt) AS attempt
       FROM engine.job WHERE run_id = r.id AND kind IN ('discover', 'step')
     ) jobs ON true ORDER BY r.created_at`,
    [fields, limit],
  );
}

/**
 * Runs that failed, the latest failure first; those that were tried again come behind all others, so that whoever tries a
 * page of them again finds the next ones.
 */
export function readFailedRuns(
  db: EngineDatabase,
  { limit, fields }: { limit: number; fields: readonly string[] },
): Promise<FailedRun[]> {
  return db.query<FailedRun>(
    `SELECT r.id AS "runId", r.function_id AS "functionId", coalesce(r.error->>'message', '') AS message,
       r.ended_at AS "endedAt", r.retried_as AS "retriedAs", ${ABOUT} AS about
     FROM engine.run r WHERE r.status = 'failed' ORDER BY r.retried_as IS NOT NULL, r.ended_at DESC LIMIT $2`,
    [fields, limit],
  );
}
