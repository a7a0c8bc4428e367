import { holdsLease, type Job } from "./claim";
import { endRun } from "./lifecycle";
import { type EngineDatabase, transact } from "./port";
import { lockRun, type Tx } from "./run";
import { settleStep } from "./steps";

/** What a step is worth when its time is up: a sleep is over, a wait had no event, an invocation took too long. */
const TIMED_OUT: Record<string, unknown> = {
  InvokeFunction: {
    error: {
      name: "InngestInvokeTimeoutError",
      message: "Timed out waiting for invoked function to complete",
    },
  },
};

/** Settles the step a due timer stands for, or cancels the run whose deadline has passed. */
export async function fireTimer(
  db: EngineDatabase,
  functions: Tx["functions"],
  job: Job,
): Promise<{ storedEvents: boolean }> {
  return transact(db, async (query) => {
    const tx: Tx = { query, functions, storedEvents: false };
    const run = await lockRun(query, job.runId);
    if (!run || !(await holdsLease(query, job))) return tx;
    if (job.kind === "deadline") {
      const error = { name: "Error", message: "The run did not finish within its function's timeout" };
      await endRun(tx, run, { status: "cancelled", error });
      return tx;
    }
    const [step] = await query<{ op: string }>("SELECT op FROM engine.step WHERE run_id = $1 AND id = $2", [
      run.id,
      job.stepId,
    ]);
    await query("DELETE FROM engine.job WHERE id = $1", [job.id]);
    if (step)
      await settleStep(query, run, { id: job.stepId, op: step.op, state: TIMED_OUT[step.op] ?? null });
    return tx;
  });
}
