import { existsSync, readFileSync } from "node:fs";
import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import { openPglite } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { closeDatabase, type Database, openServer, setDatabase, wrapPglite } from "@/db/pool";
import { newId } from "@/lib/ids";
import { SNAPSHOT_PATH } from "./snapshot";

async function embedded(): Promise<Database> {
  const isPrepared = existsSync(SNAPSHOT_PATH);
  const opened = wrapPglite(
    await openPglite(undefined, isPrepared ? new Blob([readFileSync(SNAPSHOT_PATH)]) : undefined),
  );
  await migrateDatabase(opened);
  return opened;
}

async function server(url: string): Promise<Database> {
  const name = `hb_test_${newId().replaceAll("-", "")}`;
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const target = new URL(url);
  target.pathname = `/${name}`;
  const opened = openServer(target.toString(), 10);
  await migrateDatabase(opened);
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}

/** The PostgreSQL to test on, when this run is the one that uses it. */
export function testServerUrl(): string | undefined {
  return process.env.HB_TEST_ON === "postgres" ? process.env.TEST_DATABASE_URL : undefined;
}

/** A fresh, migrated database for the tests of this file: PGlite, or a real PostgreSQL in that part of the suite. */
export function withTestDatabase(): void {
  beforeAll(async () => {
    const url = testServerUrl();
    setDatabase(url ? await server(url) : await embedded());
  });
  afterAll(() => closeDatabase());
}
