import { Client, DatabaseError } from "pg";
import { type Database, openServer } from "@/db/pool";
import { newId } from "@/lib/ids";

/** Where the global setup leaves a migrated PGlite, so that each test file starts in a fraction of a second. */
export const SNAPSHOT_PATH = ".cache/test-database.tar";

/** A database of its own on a server, empty or a copy of another. `drop` also ends what is still connected to it. */
export async function createDatabase(
  url: string,
  template?: string,
): Promise<{ name: string; opened: Database; drop: () => Promise<void> }> {
  const name = `hb_test_${newId().replaceAll("-", "")}`;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}${template ? ` template ${template} strategy file_copy` : ""}`);
  const target = new URL(url);
  target.pathname = `/${name}`;
  const drop = async () => {
    await dropDatabase(admin, name);
    await admin.end();
  };
  return { name, opened: openServer(target.toString(), 10), drop };
}

const INSUFFICIENT_PRIVILEGE = "42501";
const MOST_TRIES = 5;

/**
 * A database in which PostgreSQL is cleaning up at this moment is dropped for the superuser only; asked without force, the
 * server ends its own work first, and then either drops it or says who else is connected.
 */
export async function dropDatabase(admin: Client, name: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await admin.query(`drop database if exists ${name} with (force)`);
      return;
    } catch (error) {
      const isCleaning = error instanceof DatabaseError && error.code === INSUFFICIENT_PRIVILEGE;
      if (!isCleaning || tries === MOST_TRIES) throw error;
      await admin.query(`drop database if exists ${name}`).catch(() => undefined);
    }
  }
}
