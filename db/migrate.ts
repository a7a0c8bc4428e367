import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { Pool, PoolClient } from "pg";
import { engineSchemaSql, engineSendersSql } from "@/inngest/engine/schema";
import { env } from "@/lib/env";
import { policiesSql, ROLES } from "./policies";
import { closeDatabase, type Database, database } from "./pool";
import { serverProblem } from "./server-problem";
import { walletFunctionsSql } from "./wallet/functions";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
/** One number for everybody who migrates this database: the second one waits. */
const MIGRATION_LOCK = 4_820_001;

async function migrateWith(client: PoolClient): Promise<void> {
  await client.query("create extension if not exists vector; create extension if not exists btree_gist");
  await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  await client.query(`begin; ${policiesSql()} ${walletFunctionsSql(Object.values(ROLES))} commit`);
  await client.query(`${engineSchemaSql} ${engineSendersSql([ROLES.worker])}`);
}

/**
 * Brings a database to the newest schema: extensions, migrations, then roles, grants and row policies from the registry.
 * Safe to run at any time and from several processes at once.
 */
export async function migrateDatabase(target: Database): Promise<void> {
  // An index over millions of rows takes longer than an answer may elsewhere, and so does whoever migrates already.
  const own = target.patient?.() ?? null;
  try {
    await migrateAlone((own ?? target).pool);
  } finally {
    await own?.close();
  }
}

async function migrateAlone(pool: Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set client_min_messages = warning");
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    try {
      await migrateWith(client);
    } finally {
      await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]);
    }
    client.release();
  } catch (error) {
    client.release(error instanceof Error ? error : true);
    throw error;
  }
}

/** Migrates the database of the settings. What whoever starts this can mend is told in a sentence. */
async function main(): Promise<void> {
  try {
    await migrateDatabase(await database());
    console.log("The database is up to date.");
  } catch (error) {
    const server = env().DATABASE_URL;
    const problem = server ? serverProblem(error, server) : null;
    if (!problem) throw error;
    console.error(problem);
    process.exitCode = 1;
  } finally {
    await closeDatabase();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
