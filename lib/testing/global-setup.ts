import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { openPglite } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { wrapPglite } from "@/db/pool";
import { createDatabase, SNAPSHOT_PATH } from "./prepared";

declare module "vitest" {
  export interface ProvidedContext {
    /** The migrated database that files copy on a PostgreSQL. */
    templateDatabase: string;
  }
}

/** Makes one migrated database for the whole suite, of which each file gets a copy. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const url = project.name === "postgres" ? process.env.TEST_DATABASE_URL : undefined;
  if (url) return serverTemplate(url, project);
  await embeddedSnapshot();
  return undefined;
}

async function serverTemplate(url: string, project: TestProject): Promise<() => Promise<void>> {
  const made = await createDatabase(url);
  await migrateDatabase(made.opened);
  // A database is copied only while nobody is connected to it.
  await made.opened.close();
  project.provide("templateDatabase", made.name);
  return made.drop;
}

/**
 * Each file reads all of it at its start: small segments of the log, of which none are kept for later, no template of
 * databases nobody makes, and no more memory to be cleared than a test's rows and its one connection need.
 */
async function embeddedSnapshot(): Promise<void> {
  const settings = ["wal_recycle=off", "shared_buffers=8MB", "max_connections=5"];
  const pglite = await openPglite(undefined, undefined, {
    initDbStartParams: ["--wal-segsize=1", ...settings.flatMap((setting) => ["-c", setting])],
  });
  const opened = wrapPglite(pglite);
  await migrateDatabase(opened);
  await pglite.exec("update pg_database set datistemplate = false");
  await pglite.exec("drop database template0");
  await pglite.exec("drop database template1");
  await pglite.exec("checkpoint");
  mkdirSync(".cache", { recursive: true });
  const image = await pglite.dumpDataDir("none");
  // Put in place at once: another run may be reading the one before.
  const written = `${SNAPSHOT_PATH}.${process.pid}`;
  writeFileSync(written, Buffer.from(await image.arrayBuffer()));
  renameSync(written, SNAPSHOT_PATH);
  await opened.close();
}
