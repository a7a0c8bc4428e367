import { sql } from "drizzle-orm";
import { Client } from "pg";
import type { Tx } from "@/db/access";
import type { Database } from "@/db/pool";

/** The process of the database server behind a transaction. */
export async function backendOf(tx: Tx): Promise<number> {
  const { rows } = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  return rows[0]?.pid ?? 0;
}

/** Ends a process of the database server, as an operator does. */
export async function terminate(direct: Database, pid: number): Promise<void> {
  await direct.pool.query("select pg_terminate_backend($1)", [pid]);
}

type Query = (this: unknown, first: unknown, ...more: unknown[]) => Promise<unknown>;

const SUICIDE = "reset role; select pg_terminate_backend(pg_backend_pid())";

const survived = () => {
  throw new Error("the server process is still there");
};
function mustBeGone(error: unknown): void {
  if (error instanceof Error && "code" in error && error.code === "42501") throw error;
}

/**
 * Does something while the server process behind its n-th statement ends right before that statement, whichever
 * connection it goes over. What was sent before is done by then, and nothing behind it. Failures are the caller's to see.
 * @returns how many statements were sent: with fewer than `n`, nothing was ended
 */
export async function endingBefore(n: number, work: () => Promise<unknown>): Promise<number> {
  const prototype = Client.prototype as unknown as { query: Query };
  const { query } = prototype;
  let sent = 0;
  let ended: Promise<unknown> = Promise.resolve();
  prototype.query = function (first, ...more) {
    sent += 1;
    if (sent === n) ended = query.call(this, SUICIDE).then(survived, mustBeGone);
    return query.call(this, first, ...more);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
    await ended;
  }
  return sent;
}
