import type { PoolClient } from "pg";
import { database } from "@/db/pool";

/** How our process is lost at a statement: before that is sent, or after it was done and before its answer is heard. */
export const DEATHS = ["before", "after"] as const;
export type Death = (typeof DEATHS)[number];

type Deaths = {
  /** Counts statements from now on, and loses the process at one of them; without `at` it only counts. */
  arm(at?: number, death?: Death): void;
  /** Gives what was counted. There is a process again. */
  revive(): number;
};

type Query = (...args: unknown[]) => Promise<unknown>;

/** Puts itself between the product and its connections to a server, so that our process can end between any two statements. */
export async function watchStatements(): Promise<Deaths> {
  const { pool } = await database();
  const watched = new WeakSet<PoolClient>();
  let [count, target, isArmed, isGone] = [0, 0, false, false];
  let death: Death = "before";

  function gone(): Error {
    return new Error("the process is gone");
  }
  function watch(client: PoolClient): PoolClient {
    if (watched.has(client)) return client;
    watched.add(client);
    // Looked up each time: others put themselves in between, too.
    const query: Query = (...args) => (Object.getPrototypeOf(client).query as Query).apply(client, args);
    const dying: Query = async (...args) => {
      if (isGone) throw gone();
      if (isArmed) count += 1;
      if (!isArmed || count !== target) return query(...args);
      isGone = true;
      if (death === "after") await query(...args);
      throw gone();
    };
    return Object.assign(client, { query: dying });
  }
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => Promise<PoolClient>;
  Object.assign(pool, {
    // With a callback it is the pool itself that asks, for whoever watches from outside.
    connect: async (...args: unknown[]) => {
      if (args.length > 0) return connect(...args);
      if (isGone) throw gone();
      return watch(await connect());
    },
  });
  return {
    arm(at = 0, how = "before") {
      [count, target, isArmed, isGone] = [0, at, true, false];
      death = how;
    },
    revive() {
      [isArmed, isGone] = [false, false];
      return count;
    },
  };
}
