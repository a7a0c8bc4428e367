import { v7 } from "uuid";
import { parseMoment } from "./duration";
import { evaluate, matchPaths, pathText } from "./expression";
import type { FunctionSpec } from "./functions";
import { insertEvents } from "./ingest";
import type { Query } from "./port";
import { INTERNAL_EVENTS, type InngestEvent, type WireError } from "./protocol";
import type { Run, Tx } from "./run";
import { lockRun } from "./run";
import { DEDUPE_WINDOW } from "./schema";
import { settleStep } from "./steps";

/** Starts a run of a function; null when its idempotency key was used within the window. */
export async function createRun(
  tx: Tx,
  spec: FunctionSpec,
  event: InngestEvent,
  parent?: { runId: string; stepId: string },
): Promise<string | null> {
  if (!parent && !(await claimKey(tx.query, spec, event))) return null;
  return insertRun(tx.query, spec, event, parent);
}

/** Starts a run whatever its idempotency key. */
export async function insertRun(
  query: Query,
  spec: FunctionSpec,
  event: InngestEvent,
  parent?: { runId: string; stepId: string },
): Promise<string> {
  const id = v7();
  const lane = laneOf(spec, event);
  await query(
    `INSERT INTO engine.run (id, function_id, lane, event, parent_run_id, parent_step_id)
     VALUES ($1, $2, $3, $4::json, $5, $6)`,
    [id, spec.id, lane, JSON.stringify(event), parent?.runId ?? null, parent?.stepId ?? null],
  );
  await query(
    "INSERT INTO engine.job (id, run_id, kind, function_id, lane) VALUES ($1, $2, 'discover', $3, $4)",
    [v7(), id, spec.id, lane],
  );
  await insertWaits(query, cancelWaits(id, spec, event));
  return id;
}

function cancelWaits(runId: string, spec: FunctionSpec, own: InngestEvent): WaitInput[] {
  return spec.cancelOn.map(({ event: name, expression, timeout }) => {
    const expires = timeout ? parseMoment(timeout, new Date()) : null;
    return { runId, stepId: null, name, expression, expires, own };
  });
}

/** Starts many runs that nothing invoked and no key holds back, with two statements at most. */
export async function createRuns(
  query: Query,
  starts: readonly { spec: FunctionSpec; event: InngestEvent }[],
): Promise<void> {
  if (starts.length === 0) return;
  const rows = starts.map(({ spec, event }) => ({ spec, event, id: v7(), lane: laneOf(spec, event) }));
  await query(
    `WITH sent AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[])
         AS sent (id, job_id, function_id, lane, event)
     ), jobs AS (
       INSERT INTO engine.job (id, run_id, kind, function_id, lane)
       SELECT job_id, id, 'discover', function_id, lane FROM sent
     )
     INSERT INTO engine.run (id, function_id, lane, event)
     SELECT id, function_id, lane, event::json FROM sent`,
    [
      rows.map((row) => row.id),
      rows.map(() => v7()),
      rows.map((row) => row.spec.id),
      rows.map((row) => row.lane),
      rows.map((row) => JSON.stringify(row.event)),
    ],
  );
  await insertWaits(
    query,
    rows.flatMap(({ id, spec, event }) => cancelWaits(id, spec, event)),
  );
}

/** Runs share a lane, and with it a concurrency limit, when their concurrency key has the same value. */
function laneOf(spec: FunctionSpec, event: InngestEvent): string {
  const key = spec.concurrency?.key;
  return key ? `${spec.id} ${keyText(evaluate(key, { event }))}` : spec.id;
}

async function claimKey(query: Query, spec: FunctionSpec, event: InngestEvent): Promise<boolean> {
  const value = spec.idempotency ? evaluate(spec.idempotency, { event }) : undefined;
  if (value === undefined || value === null) return true;
  const claimed = await query(
    `INSERT INTO engine.idempotency AS used (function_id, key) VALUES ($1, $2)
     ON CONFLICT (function_id, key) DO UPDATE SET created_at = now()
     WHERE used.created_at < now() - interval '${DEDUPE_WINDOW}' RETURNING 1`,
    [spec.id, keyText(value)],
  );
  return claimed.length > 0;
}

function keyText(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part)) ?? "";
}

export interface WaitInput {
  runId: string;
  /** The waiting step; null for one of the function's `cancelOn`. */
  stepId: string | null;
  name: string;
  expression: string | null;
  expires: Date | null;
  /** The event that started the run: `event` of the expression. */
  own: InngestEvent;
}

/** Makes runs wait for events. */
export async function insertWaits(query: Query, waits: readonly WaitInput[]): Promise<void> {
  if (waits.length === 0) return;
  const paths = waits.map((wait) => matchPaths(wait.expression));
  await query(
    `INSERT INTO engine.wait (id, run_id, step_id, event_name, expression, match_path, match_value, expires_at)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
       $8::timestamptz[])`,
    [
      waits.map(() => v7()),
      waits.map((wait) => wait.runId),
      waits.map((wait) => wait.stepId),
      waits.map((wait) => wait.name),
      waits.map((wait) => wait.expression),
      paths.map((path) => path?.incoming ?? null),
      paths.map((path, index) => (path ? pathText(waits[index]?.own, path.own) : null)),
      waits.map((wait) => wait.expires?.toISOString() ?? null),
    ],
  );
}

/** Cancels the run when its function's `timeouts.finish` has passed. */
export async function insertDeadline(query: Query, run: Run, timeoutMs: number): Promise<void> {
  await query(
    `INSERT INTO engine.job (id, run_id, kind, function_id, lane, run_at)
     VALUES ($1, $2, 'deadline', $3, '', now() + $4::float8 * interval '1 millisecond')
     ON CONFLICT DO NOTHING`,
    [v7(), run.id, run.functionId, timeoutMs],
  );
}

export type Outcome =
  | { status: "completed"; output: unknown }
  | { status: "failed"; error: WireError }
  | { status: "cancelled"; error: WireError };

/**
 * Ends a locked run: drops its jobs and waits, gives its result to the run that invoked it, and stores the
 * internal events somebody listens to.
 */
export async function endRun(tx: Tx, run: Run, outcome: Outcome): Promise<void> {
  const failed = outcome.status !== "completed";
  await tx.query(
    `UPDATE engine.run SET status = $2, output = $3::json, error = $4::json, ended_at = now() WHERE id = $1`,
    [
      run.id,
      outcome.status,
      failed ? null : JSON.stringify(outcome.output ?? null),
      failed ? JSON.stringify(outcome.error) : null,
    ],
  );
  await tx.query("DELETE FROM engine.job WHERE run_id = $1", [run.id]);
  await tx.query("DELETE FROM engine.wait WHERE run_id = $1", [run.id]);
  await storeInternalEvents(tx, run, outcome);
  if (run.parentRunId && run.parentStepId) {
    const parent = await lockRun(tx.query, run.parentRunId);
    const state = failed ? { error: outcome.error } : { data: outcome.output ?? null };
    if (parent) await settleStep(tx.query, parent, { id: run.parentStepId, op: "InvokeFunction", state });
  }
}

async function storeInternalEvents(tx: Tx, run: Run, outcome: Outcome): Promise<void> {
  const result =
    outcome.status === "completed" ? { result: outcome.output ?? null } : { error: outcome.error };
  const data = {
    function_id: run.functionId,
    run_id: run.id,
    event: run.event,
    events: [run.event],
    ...result,
  };
  const names = {
    completed: [INTERNAL_EVENTS.finished],
    failed: [INTERNAL_EVENTS.failed, INTERNAL_EVENTS.finished],
    cancelled: [INTERNAL_EVENTS.cancelled],
  }[outcome.status];
  const wanted = await listenedTo(tx, names);
  if (wanted.length === 0) return;
  const events = wanted.map((name) => ({ id: `${name}:${run.id}`, name, data, ts: Date.now() }));
  await insertEvents(tx.query, events);
  tx.storedEvents = true;
}

/** The names some function is triggered by or some run waits for: the others would be rows nobody reads. */
async function listenedTo(tx: Tx, names: readonly string[]): Promise<string[]> {
  const triggers = [...tx.functions.values()].flatMap((spec) => spec.events.map((trigger) => trigger.name));
  const waits = await tx.query<{ name: string }>(
    "SELECT DISTINCT event_name AS name FROM engine.wait WHERE event_name = ANY($1::text[])",
    [names],
  );
  const heard = new Set([...triggers, ...waits.map((wait) => wait.name)]);
  return names.filter((name) => heard.has(name));
}
