import { holds, pathText } from "./expression";
import type { FunctionSpec } from "./functions";
import { createRun, createRuns, endRun } from "./lifecycle";
import { type EngineDatabase, type EngineLog, transact } from "./port";
import type { InngestEvent } from "./protocol";
import { lockRun, type Tx } from "./run";
import { settleStep } from "./steps";

const BATCH = 50;

/** Ids of stored events that are due, oldest first. */
export async function dueEvents(db: EngineDatabase): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    "SELECT id FROM engine.event WHERE routed_at IS NULL AND due_at <= now() ORDER BY due_at, seq LIMIT $1",
    [BATCH],
  );
  return rows.map((row) => row.id);
}

/** Routes events that are due; one that cannot be is tried again later. False when there were none. */
export async function routeDue(
  db: EngineDatabase,
  functions: Tx["functions"],
  log: EngineLog,
): Promise<boolean> {
  const simple = await routeSimpleEvents(db, functions).catch((error: unknown) => {
    log.error({ err: error }, "events could not be routed together and are tried one by one");
    return 0;
  });
  if (simple > 0) return true;
  const ids = await dueEvents(db);
  for (const id of ids) {
    try {
      await routeEvent(db, functions, id);
    } catch (error) {
      log.error({ err: error, eventId: id }, "an event could not be routed and is tried again");
      await deferEvent(db, id);
    }
  }
  return ids.length > 0;
}

/**
 * Routes together the due events that nobody waits for and that start runs without a key: in the usual case all of
 * them. Those that another process has are left to it. @returns how many there were
 */
async function routeSimpleEvents(db: EngineDatabase, functions: Tx["functions"]): Promise<number> {
  const keyed = [...functions.values()].filter((spec) => spec.idempotency);
  const names = keyed.flatMap((spec) => spec.events.map(({ name }) => name));
  return transact(db, async (query) => {
    const rows = await query<{ id: string; payload: InngestEvent }>(
      `SELECT e.id, e.payload FROM engine.event e
       WHERE e.routed_at IS NULL AND e.due_at <= now() AND e.name <> ALL($1::text[])
         AND NOT EXISTS (SELECT 1 FROM engine.wait w WHERE w.event_name = e.name)
       ORDER BY e.due_at, e.seq LIMIT ${BATCH} FOR UPDATE OF e SKIP LOCKED`,
      [names],
    );
    if (rows.length === 0) return 0;
    await createRuns(
      query,
      rows.flatMap(({ payload: event }) => triggeredBy(functions, event).map((spec) => ({ spec, event }))),
    );
    await query("UPDATE engine.event SET routed_at = now() WHERE id = ANY($1::text[])", [
      rows.map((row) => row.id),
    ]);
    return rows.length;
  });
}

function triggeredBy(functions: Tx["functions"], event: InngestEvent): FunctionSpec[] {
  return [...functions.values()].filter((spec) =>
    spec.events.some((trigger) => trigger.name === event.name && holds(trigger.expression, { event })),
  );
}

/** Puts off an event whose routing failed, so that it does not hold up the others. */
async function deferEvent(db: EngineDatabase, id: string): Promise<void> {
  await db.query("UPDATE engine.event SET due_at = now() + interval '5 seconds' WHERE id = $1", [id]);
}

/**
 * Routes one event in one transaction: cancels the runs it cancels, resumes those that wait for it, starts those
 * it triggers. Does nothing when another process has it.
 */
async function routeEvent(
  db: EngineDatabase,
  functions: Tx["functions"],
  eventId: string,
): Promise<{ storedEvents: boolean }> {
  return transact(db, async (query) => {
    const tx: Tx = { query, functions, storedEvents: false };
    const [row] = await query<{ payload: InngestEvent }>(
      "SELECT payload FROM engine.event WHERE id = $1 AND routed_at IS NULL FOR UPDATE SKIP LOCKED",
      [eventId],
    );
    if (!row) return tx;
    await resolveWaits(tx, row.payload);
    for (const spec of triggeredBy(functions, row.payload)) await createRun(tx, spec, row.payload);
    await query("UPDATE engine.event SET routed_at = now() WHERE id = $1", [eventId]);
    return tx;
  });
}

interface Candidate {
  runId: string;
  stepId: string | null;
  expression: string | null;
  matchPath: string | null;
  event: InngestEvent;
}

async function resolveWaits(tx: Tx, incoming: InngestEvent): Promise<void> {
  for (const wait of await findCandidates(tx, incoming)) {
    const matched = wait.matchPath !== null || holds(wait.expression, { event: wait.event, async: incoming });
    const run = matched ? await lockRun(tx.query, wait.runId) : null;
    if (!run) continue;
    if (wait.stepId === null) {
      const error = { name: "Error", message: `Cancelled by the event ${incoming.name}` };
      await endRun(tx, run, { status: "cancelled", error });
    } else {
      await settleStep(tx.query, run, { id: wait.stepId, op: "WaitForEvent", state: incoming });
    }
  }
}

/** Waits for this event's name. Those that compare two paths are narrowed by index; cancellations come first. */
async function findCandidates(tx: Tx, incoming: InngestEvent): Promise<Candidate[]> {
  const paths = await tx.query<{ path: string | null }>(
    "SELECT DISTINCT match_path AS path FROM engine.wait WHERE event_name = $1",
    [incoming.name],
  );
  if (paths.length === 0) return [];
  const compared = paths.flatMap(({ path }) => (path === null ? [] : [path]));
  return tx.query<Candidate>(
    `SELECT w.run_id AS "runId", w.step_id AS "stepId", w.expression, w.match_path AS "matchPath", r.event
     FROM engine.wait w JOIN engine.run r ON r.id = w.run_id
     LEFT JOIN unnest($2::text[], $3::text[]) AS given (path, value) ON given.path = w.match_path
     WHERE w.event_name = $1 AND (w.expires_at IS NULL OR w.expires_at > now())
       AND (w.match_path IS NULL OR (md5(w.match_value) = md5(given.value) AND w.match_value = given.value))
     ORDER BY w.step_id IS NOT NULL, w.run_id`,
    [incoming.name, compared, compared.map((path) => pathText(incoming, path))],
  );
}
