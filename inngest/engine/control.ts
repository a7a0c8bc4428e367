import { savedFunctions } from "./functions";
import { endRun, insertRun } from "./lifecycle";
import { type EngineDatabase, transact } from "./port";
import type { InngestEvent } from "./protocol";
import { lockRun, type Tx } from "./run";
import { purge } from "./upkeep";

/** A function, or with a key the lane of that one value of its concurrency key. */
export interface LaneName {
  functionId: string;
  key: string;
}

/** `started` also when it was retried before: then the run is the one of that time. */
export type Retried =
  | { outcome: "started"; runId: string }
  /** There is no failed run with this id. */
  | { outcome: "unknown" }
  /** Its function is served no more. */
  | { outcome: "unserved" };

export interface EngineControls {
  /** Takes no more jobs of the lane; what is worked on at this moment ends. */
  pause: (lane: LaneName) => Promise<void>;
  resume: (lane: LaneName) => Promise<void>;
  /** Whether the lane is paused, by itself or with its function. */
  isPaused: (lane: LaneName) => Promise<boolean>;
  /** Whether the lane still has jobs that nobody has taken of those that were due by a time: what came later is not at its turn. */
  isBehind: (lane: LaneName, dueBy: Date) => Promise<boolean>;
  /** Starts a new run for the event of a failed one, once. One that invoked the failed run has had its answer. */
  retry: (runId: string) => Promise<Retried>;
  /** Ends a run that goes on; a call under way is not stopped, its answer is dropped. False when it has ended. */
  cancel: (runId: string) => Promise<boolean>;
  /** Forgets every run that has ended. @returns how many */
  purgeEnded: () => Promise<number>;
}

/** What operators do to the queue, from any process on the database. `wake` tells the processes that work. */
export function controlsOf(db: EngineDatabase, wake: () => Promise<void>): EngineControls {
  return {
    pause: async (lane) => {
      await db.query("INSERT INTO engine.pause (kind, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
        ...pauseOf(lane),
      ]);
      // Who works is to know what is held.
      await wake();
    },
    resume: async (lane) => {
      await db.query("DELETE FROM engine.pause WHERE kind = $1 AND value = $2", [...pauseOf(lane)]);
      await wake();
    },
    isPaused: async (lane) => {
      const names = [lane, { ...lane, key: "" }].flatMap(pauseOf);
      const found = await db.query(
        "SELECT 1 FROM engine.pause WHERE (kind, value) IN (($1, $2), ($3, $4))",
        names,
      );
      return found.length > 0;
    },
    isBehind: async ({ functionId, key }, dueBy) => {
      const found = await db.query(
        "SELECT 1 FROM engine.job WHERE lane = $1 AND lease_token IS NULL AND run_at <= $2::timestamptz LIMIT 1",
        [`${functionId} ${key}`, dueBy.toISOString()],
      );
      return found.length > 0;
    },
    retry: async (runId) => {
      const retried = await retryRun(db, runId);
      if (retried.outcome === "started") await wake();
      return retried;
    },
    cancel: async (runId) => {
      const ended = await cancelRun(db, runId);
      if (ended) await wake();
      return ended;
    },
    purgeEnded: () => purge(db, 0),
  };
}

function pauseOf({ functionId, key }: LaneName): ["function" | "key", string] {
  return key === "" ? ["function", functionId] : ["key", `${functionId} ${key}`];
}

async function retryRun(db: EngineDatabase, runId: string): Promise<Retried> {
  return transact(db, async (query) => {
    const [failed] = await query<{ functionId: string; event: InngestEvent; retriedAs: string | null }>(
      `SELECT function_id AS "functionId", event, retried_as AS "retriedAs" FROM engine.run
       WHERE id = $1 AND status = 'failed' FOR UPDATE`,
      [runId],
    );
    if (!failed) return { outcome: "unknown" };
    if (failed.retriedAs) return { outcome: "started", runId: failed.retriedAs };
    const spec = (await savedFunctions(query)).get(failed.functionId);
    if (!spec) return { outcome: "unserved" };
    const next = await insertRun(query, spec, failed.event);
    await query("UPDATE engine.run SET retried_as = $2 WHERE id = $1", [runId, next]);
    return { outcome: "started", runId: next };
  });
}

async function cancelRun(db: EngineDatabase, runId: string): Promise<boolean> {
  return transact(db, async (query) => {
    const tx: Tx = { query, functions: await savedFunctions(query), storedEvents: false };
    const run = await lockRun(query, runId);
    if (!run) return false;
    await endRun(tx, run, {
      status: "cancelled",
      error: { name: "Error", message: "Cancelled by an operator" },
    });
    return true;
  });
}
