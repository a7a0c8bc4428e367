import type { Pool } from "pg";
import journal from "./migrations/meta/_journal.json";
import { type Database, database } from "./pool";

/** One number for everybody who seeds this database: the second one waits, and finds it done. */
const SEED_LOCK = 4_820_002;
/** When the newest migration that this program needs was made, in milliseconds, as Drizzle keeps it. */
const NEWEST = Math.max(...journal.entries.map((entry) => entry.when));

/** Seeds alone, waiting for whoever does it already. An embedded database belongs to one process anyway. */
export async function seedAlone(target: Database, work: () => Promise<void>): Promise<void> {
  if (target.pglite) return work();
  const client = await target.pool.connect();
  try {
    // The other one may take minutes, longer than an answer may usually take.
    while (!(await isTaken(client))) await new Promise((resolve) => setTimeout(resolve, 500));
    await work();
  } finally {
    // Ends the connection, and with it the lock.
    client.release(true);
  }
}

async function isTaken(client: { query: (text: string, values: unknown[]) => Promise<{ rows: unknown[] }> }) {
  const { rows } = await client.query("select pg_try_advisory_lock($1) as taken", [SEED_LOCK]);
  return (rows[0] as { taken: boolean }).taken;
}

export type Preparation = "ok" | "unmigrated" | "seeding" | "read_only";

/** Whether the database is what this program needs: it takes changes, is migrated far enough and not being seeded just now. */
export async function readPreparation(): Promise<Preparation> {
  const { pool } = await database();
  const { isShut, isMigrated, isSeeding } = await readState(pool);
  if (isShut) return "read_only";
  if (!isMigrated) return "unmigrated";
  const { rows } = await pool.query<{ newest: string | null }>(
    "select max(created_at) as newest from drizzle.__drizzle_migrations",
  );
  if (Number(rows[0]?.newest ?? 0) < NEWEST) return "unmigrated";
  return isSeeding ? "seeding" : "ok";
}

type State = { isShut: boolean; isMigrated: boolean; isSeeding: boolean };

async function readState(pool: Pool): Promise<State> {
  const client = await pool.connect();
  let state: State | undefined;
  try {
    const { rows } = await client.query<State>(
      `select current_setting('transaction_read_only') = 'on' as "isShut",
        to_regclass('drizzle.__drizzle_migrations') is not null as "isMigrated",
        exists (
          select from pg_locks join pg_database on pg_database.oid = pg_locks.database
          where datname = current_database() and locktype = 'advisory' and objid = $1 and granted
        ) as "isSeeding"`,
      [SEED_LOCK],
    );
    state = rows[0];
  } finally {
    // Opened while the server took no changes, a connection takes none for as long as it is open.
    client.release(state?.isShut ?? true);
  }
  if (!state) throw new Error("the database told nothing of itself");
  return state;
}
