import type { FunctionSpec } from "./functions";
import type { Query } from "./port";
import type { InngestEvent } from "./protocol";

/** One transaction of the engine: its statements, the functions it knows, and whether it stored events. */
export interface Tx {
  query: Query;
  functions: ReadonlyMap<string, FunctionSpec>;
  storedEvents: boolean;
}

export interface Run {
  id: string;
  functionId: string;
  lane: string;
  status: "queued" | "running";
  event: InngestEvent;
  version: number;
  parentRunId: string | null;
  parentStepId: string | null;
}

/**
 * Locks a run until the transaction ends; null when it has ended. Every change of a run's steps and jobs takes
 * this lock first, which is what makes "the last step of a group" well defined.
 */
export async function lockRun(query: Query, runId: string): Promise<Run | null> {
  const [run] = await query<Run>(
    `SELECT id, function_id AS "functionId", lane, status, event, request_version AS version,
       parent_run_id AS "parentRunId", parent_step_id AS "parentStepId"
     FROM engine.run WHERE id = $1 AND ended_at IS NULL FOR UPDATE`,
    [runId],
  );
  return run ?? null;
}
