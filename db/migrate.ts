import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { PoolClient } from "pg";
import { engineSchemaSql, engineSendersSql } from "@/inngest/engine/schema";
import { policiesSql, ROLES } from "./policies";
import { closeDatabase, type Database, database } from "./pool";
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
  const client = await target.pool.connect();
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await migrateDatabase(await database());
  await closeDatabase();
  console.log("The database is up to date.");
}
