import { readFileSync } from "node:fs";
import { afterAll, beforeAll, inject } from "vitest";
import { openPglite } from "@/db/embedded";
import { closeDatabase, type Database, setDatabase, wrapPglite } from "@/db/pool";
import { createDatabase, SNAPSHOT_PATH } from "./prepared";

async function embedded(): Promise<Database> {
  return wrapPglite(await openPglite(undefined, new Blob([readFileSync(SNAPSHOT_PATH)])));
}

async function server(url: string): Promise<Database> {
  const { opened, drop } = await createDatabase(url, inject("templateDatabase"));
  return {
    ...opened,
    close: async () => {
      await opened.close();
      await drop();
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
