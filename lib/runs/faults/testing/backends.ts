import { sql } from "drizzle-orm";
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
