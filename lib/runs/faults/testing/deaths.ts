import { AsyncLocalStorage } from "node:async_hooks";
import type { PoolClient } from "pg";
import { database } from "@/db/pool";

/** How our process is lost at a statement: before that is sent, or after it was done and before its answer is heard. */
export const DEATHS = ["before", "after"] as const;
export type Death = (typeof DEATHS)[number];

/** A process that is lost at its `at`-th statement. Nothing it asks of the database afterwards is heard. */
type Life = {
  readonly at: number;
  readonly death: Death;
  readonly end: PromiseWithResolvers<void>;
  sent: number;
  isGone: boolean;
};

/**
 * Does something in a process that is lost at its n-th statement.
 * @returns how many it sent: with fewer than `at`, it was not lost
 */
export type Lose = (at: number, death: Death, work: () => Promise<unknown>) => Promise<number>;

/**
 * At which statements to be lost in one way of several: the ways take turns, so that together they meet every statement.
 * With `LOSSES=all` each of them meets all.
 */
export function turnOf<T>(ways: readonly T[], way: T): { first: number; step: number } {
  const step = process.env.LOSSES === "all" ? 1 : ways.length;
  return { first: 1 + (ways.indexOf(way) % step), step };
}

type Query = (...args: unknown[]) => Promise<unknown>;

/** Whose call it is: what a lost process had begun is still under way when the next one works. */
const lives = new AsyncLocalStorage<Life>();

function gone(): Error {
  return new Error("the process is gone");
}

/** Puts itself between the product and its connections to a server, so that our process can end between any two statements. */
export async function watchStatements(): Promise<Lose> {
  const { pool } = await database();
  const watched = new WeakSet<PoolClient>();
  function watch(client: PoolClient): PoolClient {
    if (watched.has(client)) return client;
    watched.add(client);
    // Looked up each time: others put themselves in between, too.
    const query: Query = (...args) => (Object.getPrototypeOf(client).query as Query).apply(client, args);
    const dying: Query = async (...args) => {
      const life = lives.getStore();
      if (!life) return query(...args);
      if (life.isGone) throw gone();
      life.sent += 1;
      if (life.sent !== life.at) return query(...args);
      life.isGone = true;
      if (life.death === "after") await query(...args);
      life.end.resolve();
      throw gone();
    };
    return Object.assign(client, { query: dying });
  }
  const connect = pool.connect.bind(pool) as (...args: unknown[]) => Promise<PoolClient>;
  Object.assign(pool, {
    // With a callback it is the pool itself that asks, for whoever watches from outside.
    connect: async (...args: unknown[]) => {
      if (args.length > 0) return connect(...args);
      if (lives.getStore()?.isGone) throw gone();
      return watch(await connect());
    },
  });
  return async (at, death, work) => {
    const life: Life = { at, death, end: Promise.withResolvers(), sent: 0, isGone: false };
    const ended = lives.run(life, () => work().catch(() => undefined));
    // What is lost does not wait to try again, and nobody waits for it.
    await Promise.race([ended, life.end.promise]);
    return life.sent;
  };
}
