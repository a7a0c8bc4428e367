import type { Pool } from "pg";
import { log } from "@/lib/log";

/** How often it is looked whether a table needs anything. */
const EVERY_MS = 10_000;

export type Tended = { readonly table: string; readonly did: "analyze" | "vacuum" };

/**
 * Measures and clears the tables that have changed much, as autovacuum does on a server, by its rules and defaults: rows
 * without known numbers are planned for as if there were hardly any, and each run was then slower than the one before.
 * Clearing measures too. What was left by a process that was killed is found by having no numbers at all.
 * Source: PostgreSQL 17, 24.1.6 "The Autovacuum Daemon".
 * @returns what was done, the most changed first
 */
export async function tendTables(pool: Pick<Pool, "query">): Promise<Tended[]> {
  const { rows } = await pool.query<Tended>(`
    select format('%I.%I', s.schemaname, s.relname) as "table", case when t.is_worn then 'vacuum' else 'analyze' end as did
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    cross join lateral (select greatest(c.reltuples, 0) as rows) n
    cross join lateral (select
      s.n_dead_tup > 50 + 0.2 * n.rows or age(c.relfrozenxid) > 200000000 as is_worn,
      s.n_mod_since_analyze > 50 + 0.1 * n.rows or (c.reltuples < 0 and pg_relation_size(c.oid) > 0) as is_other) t
    where t.is_worn or t.is_other order by s.n_mod_since_analyze desc, 1`);
  for (const { table, did } of rows)
    await pool.query(did === "vacuum" ? `vacuum (analyze) ${table}` : `analyze ${table}`);
  return rows;
}

/**
 * Tends the tables of a database that has nobody else for it, for as long as the process works.
 * @returns ends it, once what is under way is done
 */
export function keepTended(pool: Pick<Pool, "query">): () => Promise<void> {
  let underWay: Promise<unknown> | null = null;
  const timer = setInterval(() => {
    underWay ??= tendTables(pool)
      .catch((error: unknown) =>
        log.warn({ err: error }, "the tables of the embedded database were not tended"),
      )
      .finally(() => {
        underWay = null;
      });
  }, EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await underWay;
  };
}
