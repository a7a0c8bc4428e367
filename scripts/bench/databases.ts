import { randomBytes } from "node:crypto";
import { once } from "node:events";
import pg from "pg";
import { z } from "zod";
import { dropDatabase } from "@/lib/testing/prepared";
import { startProgram } from "@/lib/testing/program";
import { freePort } from "../child";
import type { Bench, Figure, Size } from "./bench";
import { withDataDir } from "./server";

const figuresSchema = z.array(
  z.object({
    name: z.string(),
    value: z.number(),
    unit: z.enum(["ms", "kB", "per second"]),
    floor: z.object({ name: z.string(), value: z.number() }),
    ratio: z.number(),
  }),
);
const MOST_MS = 600_000;

/**
 * A bench of verbs: measured on the embedded database, and unless it is a quick one on PostgreSQL where
 * TEST_DATABASE_URL is set. Each in a process of its own, with a fresh database that is gone afterwards.
 */
export function onDatabases(name: string): Bench {
  return {
    name,
    needsBuild: false,
    run: async (size) => {
      const embedded = await withDataDir((dataDir) => runWorker(name, size, dataDir, ""));
      const url = size.isQuick ? undefined : process.env.TEST_DATABASE_URL;
      const server = url
        ? await withServerDatabase(url, (target) =>
            withDataDir((dataDir) => runWorker(name, size, dataDir, target)),
          )
        : [];
      return [...labelled("PGlite", embedded), ...labelled("PostgreSQL", server)];
    },
  };
}

/** Figures that say on which database they were measured. */
export function labelled(database: string, figures: readonly Figure[]): Figure[] {
  return figures.map((one) => ({ ...one, name: `${database}: ${one.name}` }));
}

/** What a process needs to open a database; an empty address is the embedded one of its folder. */
export function settingsFor(databaseUrl: string) {
  return {
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: randomBytes(32).toString("hex"),
    HB_KEYS: `main:${randomBytes(32).toString("base64")}`,
  };
}

async function runWorker(name: string, size: Size, dataDir: string, databaseUrl: string): Promise<Figure[]> {
  const child = await startProgram("scripts/bench/worker.ts", [name, ...(size.isQuick ? ["quick"] : [])], {
    // What it logs must not end up in the report.
    stdio: ["ignore", 2, 2, "ipc"],
    nodeArgs: ["--import", "./scripts/follow-parent.mjs"],
    timeoutMs: MOST_MS,
    env: {
      NODE_ENV: "production",
      LOG_LEVEL: "error",
      DATA_DIR: dataDir,
      ...settingsFor(databaseUrl),
      // Where the bench has a slow service of its own.
      OUTBOUND_ALLOW: `127.0.0.1:${await freePort()}`,
      INNGEST_EVENT_KEY: "",
      INNGEST_DEV: "",
    },
  });
  let answer: unknown;
  child.on("message", (message) => {
    answer = message;
  });
  await once(child, "exit");
  if (answer === undefined) throw new Error(`the process that measures ${name} ended early: see above`);
  return figuresSchema.parse(answer);
}

/** A database of its own on the server of `url`, gone afterwards. */
export async function withServerDatabase<T>(url: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `hb_bench_${randomBytes(8).toString("hex")}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query(`create database ${name}`);
    const target = new URL(url);
    target.pathname = `/${name}`;
    return await work(target.toString());
  } finally {
    await dropDatabase(admin, name);
    await admin.end();
  }
}
