import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { z } from "zod";
import { holderOf } from "@/db/data-folder";
import { type DemoSoFar, readDemoSoFar, readJson } from "@/db/seed/demo-file";
import { ROOT, runNode } from "../child";
import { fingerprint } from "../fingerprint";
import { banner, noteUrl } from "./demo";

/** What migrating is made of, and more: a migration too many takes a second, one that is missing breaks what is there. */
export const SCHEMA_SOURCES = ["db", "inngest/engine/schema.ts"];
/** What of it no schema is made of. */
const NO_SCHEMA = /^db\/seed\/|\.test\.ts$/;
/** The seed does its own work before there is a server that Inngest could call. */
const WITHOUT_INNGEST = {
  INNGEST_DEV: "",
  INNGEST_EVENT_KEY: "",
  INNGEST_SIGNING_KEY: "",
  INNGEST_BASE_URL: "",
};
/** Where a first workspace is made, inside the data folder. */
const ASIDE = "preparing";
const stampSchema = z.object({ schema: z.string(), seeded: z.boolean() });

/** A database that is migrated and seeded, and what to tell about it. */
export type Prepared = { demo: DemoSoFar | null; demoPath: string; note: string; isServer: boolean };

/**
 * Migrates and seeds the database that the server is about to open. Each runs in a process of its own that has ended
 * before the server starts, for an embedded database belongs to one process. Null when one of them failed.
 */
export async function prepare(): Promise<Prepared | null> {
  const dataDir = resolve(ROOT, process.env.DATA_DIR || ".data");
  const shut = shutFolder(dataDir);
  if (shut !== null) {
    console.error(shut);
    return null;
  }
  const server = process.env.DATABASE_URL || null;
  const stampFile = join(dataDir, server ? `prepared-${shortHash(server)}.json` : "prepared.json");
  const demoPath = join(dataDir, server ? `demo-${shortHash(server)}.json` : "demo.json");
  const schema = fingerprint(SCHEMA_SOURCES, (path) => NO_SCHEMA.test(path));
  const stamp = readStamp(stampFile);
  const holder = server === null ? holderOf(dataDir) : null;
  if (holder !== null) {
    console.error(
      `The data folder ${dataDir} is in use by process ${holder}: stop it, or set DATA_DIR or DATABASE_URL.`,
    );
    return null;
  }
  const lacking = server === null ? folderProblem(dataDir, process.env) : null;
  if (lacking !== null) {
    console.error(lacking);
    return null;
  }
  const isNew = server === null && readdirSync(dataDir).every((name) => name === ASIDE);

  if (isNew) {
    if (!(await prepareAside(dataDir, demoPath))) return null;
  } else {
    // A database server is shared and may be behind whatever this folder remembers; a current one takes a second.
    const isBehind = server !== null || stamp?.schema !== schema;
    if (isBehind && !(await migrate(dataDir))) return null;
    if (!stamp?.seeded && !(await seed(dataDir, demoPath))) return null;
  }
  // Whole or not at all: a disk that is full would leave half of it.
  writeFileSync(`${stampFile}.new`, JSON.stringify({ schema, seeded: true }));
  renameSync(`${stampFile}.new`, stampFile);
  const demo = readDemoSoFar(demoPath);
  return {
    demo,
    demoPath,
    note: demo ? noteOf(demo, demoPath, server !== null) : "",
    isServer: server !== null,
  };
}

/** Prints where the server answers and who can sign in. A database server is not a toy: its passwords are not kept on disk. */
export function tell({ demo, demoPath, note, isServer }: Prepared, url: string): void {
  if (demo && !isServer) noteUrl(demoPath, url);
  console.log(banner(url, demo, note));
  // Not before: a start that fails has told them to nobody.
  if (isServer) rmSync(demoPath, { force: true });
}

function noteOf(demo: DemoSoFar, demoPath: string, isServer: boolean): string {
  const kept = isServer
    ? "These passwords are shown only this once."
    : `Also in ${relative(ROOT, demoPath)}.`;
  if (demo.apiKey) return kept;
  return `An earlier start was ended while it made the demo: this is who of it can sign in, and not all of it is there. To have the whole demo, start with an empty database. ${kept}`;
}

/** A first start that is interrupted leaves no half-made workspace behind: it is made aside and then moved into place. */
async function prepareAside(dataDir: string, demoPath: string): Promise<boolean> {
  const aside = join(dataDir, ASIDE);
  if (holderOf(aside) !== null) {
    console.error("Another start is preparing this data folder right now: wait for it.");
    return false;
  }
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });
  if (!(await migrate(aside)) || !(await seed(aside, join(aside, basename(demoPath))))) return false;
  for (const name of readdirSync(aside)) renameSync(join(aside, name), join(dataDir, name));
  rmSync(aside, { recursive: true });
  return true;
}

function migrate(dataDir: string): Promise<boolean> {
  console.log("Migrating the database ...");
  return runServerEntry(dataDir, "db/migrate.ts");
}

function seed(dataDir: string, demoPath: string): Promise<boolean> {
  console.log("Seeding the demo workspace (once) ...");
  return runServerEntry(dataDir, "db/seed/main.ts", "--out", demoPath);
}

async function runServerEntry(dataDir: string, entry: string, ...args: string[]): Promise<boolean> {
  const code = await runNode(
    ["--import", "./scripts/server-modules.mjs", "--import", "tsx", entry, ...args],
    {
      env: {
        ...process.env,
        ...WITHOUT_INNGEST,
        DATA_DIR: dataDir,
        NODE_ENV: "production",
        LOG_LEVEL: process.env.LOG_LEVEL || "warn",
      },
    },
  );
  return code === 0;
}

/** What was prepared here before. A stamp that cannot be read is none: preparing once more changes nothing that is there. */
function readStamp(path: string): z.infer<typeof stampSchema> | null {
  return stampSchema.safeParse(readJson(path)).data ?? null;
}

/** Makes the data folder where there is none. Why this user cannot work in it, for whoever starts it; null when all is well. */
export function shutFolder(dataDir: string): string | null {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? error.code : error;
    return `This user cannot read and write the data folder ${dataDir} (${reason}): give it to this user, or set DATA_DIR.`;
  }
}

/**
 * What is missing from a data folder that was in use, for whoever starts it; null when it is whole, or new. With a copy that
 * broke off, the start would make an empty database, or keys that open nothing of what is sealed.
 */
export function folderProblem(dataDir: string, settings: Record<string, string | undefined>): string | null {
  const has = (name: string) => existsSync(join(dataDir, name));
  if (!has("prepared.json") && !has("demo.json")) return null;
  const advice =
    "Copy the whole folder again, from a process that is stopped, or set DATA_DIR to an empty one.";
  if (!has(join("db", "PG_VERSION")))
    return `The data folder ${dataDir} was in use, but its database is not in it (the folder db). ${advice}`;
  if (!has("keys.json") && !settings.HB_KEYS)
    return `The data folder ${dataDir} was in use, but keys.json is not in it: nothing that is sealed in its database could be opened. ${advice}`;
  return null;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
