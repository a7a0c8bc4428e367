import { sql } from "drizzle-orm";
import { Client } from "pg";
import type { Tx } from "@/db/access";
import { type Database, database } from "@/db/pool";
import { until } from "@/inngest/engine/testing";

/** The process of the database server behind a transaction. */
export async function backendOf(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return rows[0]?.pid ?? 0;
}

/** Ends a process of the database server, as an operator does. */
export async function terminate(direct: Database, pid: number): Promise<void> {
  await direct.pool.query("select pg_terminate_backend($1)", [pid]);
}

type Query = (this: Client, first: unknown, ...more: unknown[]) => Promise<unknown>;

const SUICIDE = "reset role; select pg_terminate_backend(pg_backend_pid())";

/** Fails where the process was not allowed to end itself. That it answered does not say so: it may be ended after that. */
async function mayEnd(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error) => {
    if (error.code === "42501") throw error;
  });
}

/** Waits until a process of the server is gone. */
async function gone(pid: number): Promise<void> {
  const { pool } = await database();
  const isGone = async () =>
    (await pool.query("select from pg_stat_activity where pid = $1", [pid])).rowCount === 0;
  await until(`the server process ${pid} to be gone`, isGone, 10_000);
}

/**
 * Does something while the server process behind its n-th statement ends right before that statement, whichever
 * connection it goes over. What was sent before is done by then. Failures are the caller's to see.
 * @returns how many statements were sent: with fewer than `n`, nothing was ended
 */
export async function endingBefore(n: number, work: () => Promise<unknown>): Promise<number> {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  let sent = 0;
  let ended = async () => {};
  prototype.query = function (first, ...more) {
    sent += 1;
    if (sent === n) {
      const { processID } = this as Client & { processID: number };
      const answer = mayEnd(query.call(this, SUICIDE));
      answer.catch(() => undefined);
      ended = () => answer.then(() => gone(processID));
    }
    return query.call(this, first, ...more);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
    await ended();
  }
  return sent;
}
