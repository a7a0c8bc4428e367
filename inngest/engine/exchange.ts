import { v7 } from "uuid";
import { type Claimed, holdsLease, type Job } from "./claim";
import { parseMoment } from "./duration";
import { createRun, endRun, insertWaits } from "./lifecycle";
import { again, databaseNow, type EngineDatabase, type Query, transact } from "./port";
import { type Answer, INTERNAL_EVENTS, LIMITS, type Operation, type WireError, wireError } from "./protocol";
import { lockRun, type Run, type Tx } from "./run";
import { continueAfter, insertStepJob, planStep, saveStep } from "./steps";

/** Ends the run as failed, whatever attempts are left: another attempt would meet the same. */
class Unrunnable extends Error {}

/** What an answer leaves behind in its own job. */
type Next =
  | { do: "end" }
  | { do: "retry"; afterMs: number }
  | { do: "discover" }
  | { do: "retire"; settled: { groupId: string | null } | null };

export interface ExchangeContext {
  db: EngineDatabase;
  functions: Tx["functions"];
  /** Milliseconds to wait before the attempt after the given one, counted from zero. */
  backoffMs: (attempt: number) => number;
}

/**
 * Takes an answer in one transaction: checks the lease, saves steps, plans what was found, and retires or
 * reschedules the job. `taken` is false when the lease was lost, and then nothing has changed.
 */
export async function applyAnswer(
  context: ExchangeContext,
  { job, run: known }: Pick<Claimed, "job" | "run">,
  answer: Exclude<Answer, { kind: "unreachable" }>,
): Promise<{ taken: boolean; storedEvents: boolean }> {
  const output = completedOutput(answer);
  if (output && (await completeAtOnce(context, job, known, output.value))) {
    return { taken: true, storedEvents: false };
  }
  return transact(context.db, async (query) => {
    const tx: Tx = { query, functions: context.functions, storedEvents: false };
    const run = await lockRun(query, job.runId);
    if (!run || !(await holdsLease(query, job))) return { taken: false, storedEvents: false };
    const next = await nextOf(context, tx, run, job, answer);
    await finishJob(query, run, job, next);
    return { taken: true, storedEvents: tx.storedEvents };
  });
}

/** What an answer completes its run with; null when it does not. */
function completedOutput(answer: Answer): { value: unknown } | null {
  if (answer.kind === "completed") return { value: answer.output };
  if (answer.kind !== "operations") return null;
  const done = answer.operations.find((operation) => operation.op === "RunComplete");
  const isAlone = answer.operations.every((operation) =>
    ["RunComplete", "StepRun", "Step"].includes(operation.op),
  );
  return done && isAlone ? { value: done.data } : null;
}

/**
 * Most runs end with nobody listening: then one statement is enough. False when this is not such a run, or its lease was
 * lost, and nothing has changed.
 */
async function completeAtOnce(
  { db, functions }: ExchangeContext,
  job: Job,
  run: Run,
  output: unknown,
): Promise<boolean> {
  const { finished } = INTERNAL_EVENTS;
  const isHeard = [...functions.values()].some((spec) => spec.events.some(({ name }) => name === finished));
  if (run.parentRunId || isHeard) return false;
  const [ended] = await again(() =>
    db.query(
      `WITH run AS MATERIALIZED (
         SELECT id FROM engine.run WHERE id = $1 AND ended_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM engine.wait WHERE event_name = $5) FOR UPDATE
       ), held AS MATERIALIZED (
         SELECT j.run_id FROM engine.job j JOIN run ON run.id = j.run_id
         WHERE j.id = $2 AND j.lease_token = $3 FOR UPDATE OF j
       ), jobs AS (DELETE FROM engine.job WHERE run_id IN (SELECT run_id FROM held)
       ), waits AS (DELETE FROM engine.wait WHERE run_id IN (SELECT run_id FROM held))
       UPDATE engine.run SET status = 'completed', output = $4::json, ended_at = now()
       WHERE id IN (SELECT run_id FROM held) RETURNING 1`,
      [run.id, job.id, job.token, JSON.stringify(output ?? null), finished],
    ),
  );
  return ended !== undefined;
}

async function nextOf(
  context: ExchangeContext,
  tx: Tx,
  run: Run,
  job: Job,
  answer: Exclude<Answer, { kind: "unreachable" }>,
): Promise<Next> {
  if (answer.kind === "failed") {
    if (answer.mayRetry && attemptsLeft(tx, job)) return retry(context, job, answer.retryAfterMs);
    return fail(tx, run, answer.error);
  }
  if (answer.version >= 0 && answer.version !== run.version) {
    await tx.query("UPDATE engine.run SET request_version = $2 WHERE id = $1", [run.id, answer.version]);
  }
  if (answer.kind === "completed") {
    await endRun(tx, run, { status: "completed", output: answer.output });
    return { do: "end" };
  }
  try {
    return await applyOperations(context, tx, run, job, answer);
  } catch (error) {
    if (error instanceof Unrunnable) return fail(tx, run, { name: "Error", message: error.message });
    throw error;
  }
}

async function fail(tx: Tx, run: Run, error: WireError): Promise<Next> {
  await endRun(tx, run, { status: "failed", error });
  return { do: "end" };
}

function attemptsLeft(tx: Tx, job: Job): boolean {
  return job.attempt + 1 < (tx.functions.get(job.functionId)?.maxAttempts ?? 1);
}

function retry(context: ExchangeContext, job: Job, retryAfterMs: number | null): Next {
  return { do: "retry", afterMs: retryAfterMs ?? context.backoffMs(job.attempt) };
}

async function applyOperations(
  context: ExchangeContext,
  tx: Tx,
  run: Run,
  job: Job,
  answer: Extract<Answer, { kind: "operations" }>,
): Promise<Next> {
  const { operations } = answer;
  const groupId = groupOf(operations);
  let next: Next = operations.length === 0 ? { do: "discover" } : { do: "retire", settled: null };
  for (const operation of operations) {
    switch (operation.op) {
      case "RunComplete":
        await endRun(tx, run, { status: "completed", output: operation.data });
        return { do: "end" };
      case "StepError":
        if (attemptsLeft(tx, job)) return retry(context, job, answer.retryAfterMs);
        next = await settled(tx.query, run, job, operation);
        break;
      case "StepRun":
      case "Step":
      case "StepFailed":
        next = await settled(tx.query, run, job, operation);
        break;
      default:
        await plan(tx, run, operation, groupId);
    }
  }
  return next;
}

/** Steps found together wait for each other once one of them has to be called; races never wait. */
function groupOf(operations: readonly Operation[]): string | null {
  const together = operations.length > 1 && operations.some((found) => found.op === "StepPlanned");
  return together && !operations.some((found) => found.opts?.parallelMode === "race") ? v7() : null;
}

async function settled(query: Query, run: Run, job: Job, operation: Operation): Promise<Next> {
  const saved = await saveStep(query, run.id, { ...operation, state: stateOf(operation) });
  return job.kind === "discover" ? { do: "discover" } : { do: "retire", settled: saved ?? null };
}

/** The state of a step that ran, as the SDK will read it back. Throws when it is over the limit. */
export function stateOf(operation: Operation): unknown {
  const failed = operation.op === "StepFailed" || operation.op === "StepError";
  const state = failed
    ? { error: wireError.parse(operation.error ?? operation.data) }
    : { data: operation.data ?? null };
  if (JSON.stringify(state).length > LIMITS.stepOutputBytes) {
    throw new Unrunnable(`The output of step "${operation.name}" is over ${LIMITS.stepOutputBytes} bytes`);
  }
  return state;
}

async function plan(tx: Tx, run: Run, operation: Operation, groupId: string | null): Promise<void> {
  const { query } = tx;
  const start = starters[operation.op];
  if (!start) throw new Unrunnable(`The embedded engine does not support the operation ${operation.op}`);
  if (await planStep(query, run.id, operation, groupId)) await start(tx, run, operation);
}

type Starter = (tx: Tx, run: Run, operation: Operation) => Promise<void>;

const starters: Record<string, Starter> = {
  StepPlanned: (tx, run, { id }) => insertStepJob(tx.query, run, { kind: "step", stepId: id }),
  Sleep: (tx, run, { id, name }) => startTimer(tx, run, id, name ?? ""),
  WaitForEvent: async (tx, run, { id, name, opts }) => {
    const expires = await momentOf(tx.query, String(opts?.timeout ?? ""));
    const expression = typeof opts?.if === "string" ? opts.if : null;
    const wait = { runId: run.id, stepId: id, name: name ?? "", expression, expires, own: run.event };
    await insertWaits(tx.query, [wait]);
    await insertStepJob(tx.query, run, { kind: "timer", stepId: id, runAt: expires });
  },
  InvokeFunction: startInvoke,
};

async function startTimer(tx: Tx, run: Run, stepId: string, text: string): Promise<void> {
  await insertStepJob(tx.query, run, { kind: "timer", stepId, runAt: await momentOf(tx.query, text) });
}

async function momentOf(query: Query, text: string): Promise<Date> {
  const moment = parseMoment(text, await databaseNow(query));
  if (!moment) throw new Unrunnable(`"${text}" is neither a duration nor a date`);
  return moment;
}

async function startInvoke(tx: Tx, run: Run, { id, opts }: Operation): Promise<void> {
  const spec = tx.functions.get(String(opts?.function_id));
  if (!spec) throw new Unrunnable(`No function ${opts?.function_id} to invoke`);
  const payload = (opts?.payload ?? {}) as { data?: Record<string, unknown> | null; v?: string | null };
  const event = {
    id: v7(),
    name: INTERNAL_EVENTS.invoked,
    data: payload.data ?? {},
    ts: Date.now(),
    v: payload.v,
  };
  await createRun(tx, spec, event, { runId: run.id, stepId: id });
  if (opts?.timeout) await startTimer(tx, run, id, String(opts.timeout));
}

/** Writes what became of the answered job; a run's only discovery is reused for its next one. */
async function finishJob(query: Query, run: Run, job: Job, next: Next): Promise<void> {
  if (next.do === "end") return;
  if (next.do === "retry") {
    await query(
      `UPDATE engine.job SET attempt = attempt + 1, deliveries = 0, lease_token = NULL, lease_expires_at = NULL,
         run_at = now() + $2::float8 * interval '1 millisecond' WHERE id = $1`,
      [job.id, next.afterMs],
    );
    return;
  }
  const [kept] = await query(
    `UPDATE engine.job SET attempt = 0, deliveries = 0, again = false, run_at = now(),
       lease_token = NULL, lease_expires_at = NULL
     WHERE id = $1 AND kind = 'discover' AND (again OR $2) RETURNING 1`,
    [job.id, next.do === "discover"],
  );
  if (!kept) await query("DELETE FROM engine.job WHERE id = $1", [job.id]);
  if (next.do === "retire" && next.settled) await continueAfter(query, run, next.settled.groupId);
}
