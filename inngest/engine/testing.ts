import { Inngest } from "inngest";
import { serve } from "inngest/edge";
import { Engine } from "./engine";
import type { EngineOptions } from "./options";
import { type EngineDatabase, transact } from "./port";
import { engineSchemaSql } from "./schema";

const SIGNING_KEY = `signkey-test-${"5c".repeat(32)}`;
const URL = "http://engine.test/api/inngest";
const silent = { info() {}, warn() {}, error() {}, debug() {} };
/** What the engine itself complains of is never expected in a test. */
const loud = { ...silent, warn: console.warn, error: console.error };

export type TestFunctions = Parameters<typeof serve>[0]["functions"];

export interface TestApp {
  inngest: Inngest;
  engine: Engine;
  handler: (request: Request) => Promise<Response>;
  /** Values the functions noted, by name. */
  noted: (name: string) => unknown[];
}

export interface TestAppOptions extends Partial<EngineOptions> {
  id?: string;
  checkpointing?: boolean;
}

const MIGRATION_LOCK = 7_140_001;

/** Creates the engine's schema where it is missing. Any number of processes may call it at once. */
export async function migrateEngine(db: EngineDatabase): Promise<void> {
  await transact(db, async (query) => {
    await query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    for (const statement of engineSchemaSql.split(/;\n(?!END)/)) if (statement.trim()) await query(statement);
  });
}

/** An engine in front of the SDK's real handler, serving what `define` gives; not started yet. */
export async function testApp(
  db: EngineDatabase,
  define: (inngest: Inngest, note: <T>(name: string, value: T) => T) => TestFunctions,
  { id = "test", checkpointing = true, ...options }: TestAppOptions = {},
): Promise<TestApp> {
  await migrateEngine(db);
  const notes = new Map<string, unknown[]>();
  const noted = (name: string) => notes.get(name) ?? [];
  const inngest: Inngest = new Inngest({
    id,
    isDev: false,
    baseUrl: "http://engine.test",
    eventKey: "test",
    signingKey: SIGNING_KEY,
    checkpointing,
    logger: silent,
    fetch: (input: string | globalThis.URL | Request, init?: RequestInit) => engine.fetch(input, init),
  });
  const functions = define(inngest, (name, value) => {
    notes.set(name, [...noted(name), value]);
    return value;
  });
  const handler = serve({ client: inngest, functions, enableUnauthedSync: false });
  const engine: Engine = new Engine({
    db,
    handler: { url: URL, signingKey: SIGNING_KEY, send: handler },
    log: loud,
    backstopMs: 1_000,
    backoffMs: () => 50,
    ...options,
  });
  return { inngest, engine, handler, noted };
}

/** Waits until `read` gives something truthy; throws, saying what was awaited, when it never does. */
export async function until<T>(
  what: string,
  read: () => T | Promise<T>,
  timeoutMs = 60_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until no event is to be routed and no run is under way: from then on nothing more can happen by itself. */
export async function untilQuiet(db: EngineDatabase): Promise<void> {
  await until("the engine to have nothing to do", async () => {
    const [row] = await db.query<{ open: number }>(
      `SELECT (SELECT count(*) FROM engine.run WHERE ended_at IS NULL)::int
         + (SELECT count(*) FROM engine.event WHERE routed_at IS NULL)::int AS open`,
    );
    return row?.open === 0;
  });
}
