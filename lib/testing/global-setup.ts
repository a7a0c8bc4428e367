import { mkdirSync, writeFileSync } from "node:fs";
import { openPglite } from "@/db/embedded";
import { migrateDatabase } from "@/db/migrate";
import { wrapPglite } from "@/db/pool";
import { SNAPSHOT_PATH } from "./snapshot";

/** Makes one migrated PGlite for the whole suite; each file loads a copy. */
export async function setup(): Promise<void> {
  const pglite = await openPglite();
  const opened = wrapPglite(pglite);
  await migrateDatabase(opened);
  mkdirSync(".cache", { recursive: true });
  const image = await pglite.dumpDataDir("none");
  writeFileSync(SNAPSHOT_PATH, Buffer.from(await image.arrayBuffer()));
  await opened.close();
}
