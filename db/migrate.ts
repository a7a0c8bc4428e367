import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { Pool, PoolClient } from "pg";
import { engineSchemaSql, engineSendersSql } from "@/inngest/engine/schema";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { isConflict } from "./failures";
import journal from "./migrations/meta/_journal.json";
import { policiesSql, ROLES } from "./policies";
import { closeDatabase, type Database, database } from "./pool";
import { serverProblem } from "./server-problem";
import { isStamped, stamp } from "./stamp";
import { walletFunctionsSql } from "./wallet/functions";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("./migrations", import.meta.url));
/** One number for everybody who migrates this database: the second one waits. */
const MIGRATION_LOCK = 4_820_001;
const MOST_TRIES = 10;

/** What is set anew whenever it is not as this program wants it; each in one transaction. */
const SETTINGS = [
  `${policiesSql()} ${walletFunctionsSql(Object.values(ROLES))}`,
  `${engineSchemaSql} ${engineSendersSql([ROLES.worker])}`,
];
/** What these were made for: a migration may take with it what they have set. */
const MADE_FOR = `-- ${journal.entries.at(-1)?.tag}`;

async function migrateWith(client: PoolClient): Promise<void> {
  await client.query("create extension if not exists vector; create extension if not exists btree_gist");
  await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  // To set them anew locks every table: while others are at work, a start would stand in their way and they in its.
  if (await isStamped(client, [MADE_FOR, ...SETTINGS])) return;
  for (const setting of SETTINGS) await client.query(`begin; ${setting} commit`);
  await stamp(client, [MADE_FOR, ...SETTINGS]);
}

/** Who is at work may stand in its way while it stands in theirs: of both, the database lets one end. All of it may run again. */
async function migrateAmongOthers(client: PoolClient): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await migrateWith(client);
    } catch (error) {
      // What went wrong is told, and not that a connection that is lost takes no more.
      await client.query("rollback").catch(() => undefined);
      if (!isConflict(error) || tries === MOST_TRIES) throw error;
      log.warn({ tries }, "others are at work in the database: it is migrated in another try");
    }
  }
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
      await migrateAmongOthers(client);
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
