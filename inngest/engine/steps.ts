import { v7 } from "uuid";
import type { Query } from "./port";
import type { Operation } from "./protocol";
import type { Run } from "./run";

export interface SettledStep {
  id: string;
  op: string;
  name?: string | null;
  /** The state exactly as the SDK reads it: `{data}`, `{error}`, an event, or null. */
  state: unknown;
}

/**
 * Stores a step's state and its place in the order of completion. Undefined when the step was settled before;
 * otherwise the group it was planned in, null for none.
 */
export async function saveStep(
  query: Query,
  runId: string,
  step: SettledStep,
): Promise<{ groupId: string | null } | undefined> {
  const [saved] = await query<{ groupId: string | null }>(
    `INSERT INTO engine.step AS known (run_id, id, op, name, state, position)
     VALUES ($1, $2, $3, $4, $5::json, nextval('engine.step_position'))
     ON CONFLICT (run_id, id) DO UPDATE SET state = excluded.state, position = excluded.position
     WHERE known.position IS NULL
     RETURNING group_id AS "groupId"`,
    [runId, step.id, step.op, step.name ?? null, JSON.stringify(step.state ?? null)],
  );
  return saved;
}

/** Settles a step from outside a call (a timer, an event, an invoked run) and lets its locked run go on. */
export async function settleStep(query: Query, run: Run, step: SettledStep): Promise<void> {
  const saved = await saveStep(query, run.id, step);
  if (!saved) return;
  await query("DELETE FROM engine.job WHERE run_id = $1 AND kind = 'timer' AND step_id = $2", [
    run.id,
    step.id,
  ]);
  await query("DELETE FROM engine.wait WHERE run_id = $1 AND step_id = $2", [run.id, step.id]);
  await continueAfter(query, run, saved.groupId);
}

/**
 * Asks for the next discovery once a step is settled. Steps planned in one group wait for the last of them, as
 * on the real server; steps without a group each ask.
 */
export async function continueAfter(query: Query, run: Run, groupId: string | null): Promise<void> {
  if (groupId) {
    const open = await query(
      "SELECT 1 FROM engine.step WHERE run_id = $1 AND group_id = $2 AND position IS NULL LIMIT 1",
      [run.id, groupId],
    );
    if (open.length > 0) return;
  }
  // A run has one discovery at most: two at once would both run the step they find next.
  await query(
    `INSERT INTO engine.job AS known (id, run_id, kind, function_id, lane)
     VALUES ($1, $2, 'discover', $3, $4)
     ON CONFLICT (run_id, kind, step_id) DO UPDATE SET again = known.lease_token IS NOT NULL`,
    [v7(), run.id, run.functionId, run.lane],
  );
}

/** Notes a step as planned or waiting; false when it was known, as the SDK reports open steps again. */
export async function planStep(
  query: Query,
  runId: string,
  operation: Operation,
  groupId: string | null,
): Promise<boolean> {
  const added = await query(
    `INSERT INTO engine.step (run_id, id, op, name, group_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING 1`,
    [runId, operation.id, operation.op, operation.displayName ?? operation.name ?? null, groupId],
  );
  return added.length > 0;
}

/** Queues the run of a planned step, or a timer that settles one when it is due. */
export async function insertStepJob(
  query: Query,
  run: Run,
  job: { kind: "step" | "timer"; stepId: string; runAt?: Date },
): Promise<void> {
  await query(
    `INSERT INTO engine.job (id, run_id, kind, step_id, function_id, lane, run_at)
     VALUES ($1, $2, $3, $4, $5, $6, coalesce($7::timestamptz, now()))`,
    [
      v7(),
      run.id,
      job.kind,
      job.stepId,
      run.functionId,
      job.kind === "timer" ? "" : run.lane,
      job.runAt ?? null,
    ],
  );
}
