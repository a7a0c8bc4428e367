import { database } from "@/db/pool";

/** How many deadlocks this database has had: each connection tells of its own first. */
export async function deadlocks(): Promise<number> {
  const { pool } = await database();
  const all = await Promise.all(Array.from({ length: pool.totalCount }, () => pool.connect()));
  for (const client of all) await client.query("select pg_stat_force_next_flush()");
  for (const client of all) client.release();
  const { rows } = await pool.query(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  return rows[0].deadlocks;
}
