import { randomBytes } from "node:crypto";
import { isInsideTransaction } from "@/db/access";
import { enginePort } from "@/db/engine-port";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import type { EngineControls } from "./engine/control";
import { Engine } from "./engine/engine";
import { type SentEvent, storeEvent } from "./engine/ingest";
import { type LaneStats, readFunctions, type ServedFunction } from "./engine/lanes";
import type { EngineDatabase } from "./engine/port";
import type { EngineProcess } from "./engine/processes";
import { type FailedRun, findRun, type OpenRun, readFailedRuns, readOpenRuns } from "./engine/runs";
import { readStall } from "./engine/stall";
import type { EngineStats } from "./engine/upkeep";

type Send = (request: Request) => Promise<Response>;

interface Embedded {
  engine: Engine;
  signingKey: string;
  /** Reaches the handler; set once the engine is started in this process. */
  send: Send | null;
  isStarting: boolean;
}

// Next bundles instrumentation and routes apart: the one engine of the process lives on globalThis.
const holder = globalThis as { hirebuddhaEngine?: Embedded };

/** The name under which the product's functions are known to an engine. */
export const CLIENT_ID = "hirebuddha";

/** PGlite runs on the thread that also serves pages; a server takes twice as many calls at once. */
const MAX_CALLS = { pglite: 12, server: 32 };
const DAY_MS = 86_400_000;
const DEVELOPMENT_REFRESH_MS = 5_000;

/** The embedded engine of this process, made on first use. It takes events at once and runs them once started. */
export function embedded(): Embedded {
  holder.hirebuddhaEngine ??= create();
  return holder.hirebuddhaEngine;
}

/** The client's `fetch`. Sending inside a transaction would wait for a connection that the sender holds. */
export async function embeddedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  assertOutside();
  return embedded().engine.fetch(input, init);
}

/** Gives the engine an event, without the client and its request in between. @throws InvalidEvents */
export async function takeEvent(event: SentEvent): Promise<void> {
  assertOutside();
  await storeEvent(lazyPort.query, event);
  embedded().engine.tell();
}

/**
 * Tells the engine that a transaction has stored events by `engine.store_events`: with its commit they are there, and
 * without it they never were. @param afterMs when work on them may begin
 */
export function tellStored(afterMs: number): void {
  embedded().engine.tell(afterMs);
}

function assertOutside(): void {
  if (isInsideTransaction()) throw new Error("Events are sent after the transaction, never inside it");
}

/** Starts running functions in this process, calling them through `send`. Resolves once the handler answered. */
export async function startEmbedded(send: Send): Promise<void> {
  const mine = embedded();
  mine.send = send;
  mine.isStarting = true;
  try {
    await mine.engine.start();
  } finally {
    mine.isStarting = false;
  }
}

/** Whether this process works on runs by the embedded engine, and not only starts them. */
export function worksHere(): boolean {
  return holder.hirebuddhaEngine?.engine.isRunning === true;
}

/** Whether an operator holds a function of this product, or its work for one value of its key, as this process knows it. */
export function isHeld(functionName: string, key: string): boolean {
  return embedded().engine.isHeld(`${CLIENT_ID}-${functionName}`, key);
}

/** The same as it is by now; false where Inngest is the engine, which tells nobody. */
export async function isPaused(functionName: string, key: string): Promise<boolean> {
  if (env().engine !== "embedded") return false;
  return embedded().engine.controls.isPaused({ functionId: `${CLIENT_ID}-${functionName}`, key });
}

/** What is sent is queued by then. */
const QUEUED_MS = 30_000;

/** Whether what was sent at a time is not at its turn yet; false where Inngest is the engine, which tells nobody. */
export async function isInLine(functionName: string, key: string, sentAt: Date): Promise<boolean> {
  if (env().engine !== "embedded") return false;
  const lane = { functionId: `${CLIENT_ID}-${functionName}`, key };
  return embedded().engine.controls.isBehind(lane, new Date(sentAt.getTime() + QUEUED_MS));
}

/** The embedded engine's queue; null where Inngest is the engine and has a page of its own. */
export async function engineStats(): Promise<EngineStats | null> {
  return env().engine === "embedded" ? embedded().engine.stats() : null;
}

/** How long something has been due that no process of the embedded engine works on; 0 where Inngest is the engine. */
export async function engineStallMs(): Promise<number> {
  return env().engine === "embedded" ? readStall(lazyPort) : 0;
}

/** What the events of the product say they are about. */
const SUBJECTS = ["tenantId", "executionId", "documentId"] as const;
const MOST_RUNS = 25;

export interface EngineView {
  stats: EngineStats;
  /** As `engineStallMs` gives it. */
  stalledMs: number;
  functions: ServedFunction[];
  lanes: LaneStats[];
  processes: EngineProcess[];
  /** The oldest runs that go on, and the latest that failed; at most 25 each. */
  open: OpenRun[];
  failures: FailedRun[];
}

/** All there is to see of the embedded engine; null where Inngest is the engine. */
export async function readEngine(): Promise<EngineView | null> {
  if (env().engine === "inngest") return null;
  const page = { limit: MOST_RUNS, fields: SUBJECTS };
  const [stats, stalledMs, functions, lanes, processes, open, failures] = await Promise.all([
    embedded().engine.stats(),
    readStall(lazyPort),
    readFunctions(lazyPort),
    embedded().engine.lanes(),
    embedded().engine.processes(),
    readOpenRuns(lazyPort, page),
    readFailedRuns(lazyPort, page),
  ]);
  return { stats, stalledMs, functions, lanes, processes, open, failures };
}

/** One run of the embedded engine, with what it is about; null for an id there is none of. */
export async function findEngineRun(runId: string): ReturnType<typeof findRun> {
  return findRun(lazyPort, { runId, fields: SUBJECTS });
}

/** What operators do to the embedded engine; null where Inngest is the engine. */
export function engineControls(): EngineControls | null {
  return env().engine === "embedded" ? embedded().engine.controls : null;
}

function create(): Embedded {
  const settings = env();
  const signingKey = `signkey-embedded-${randomBytes(32).toString("hex")}`;
  const mine: Embedded = {
    signingKey,
    send: null,
    isStarting: false,
    engine: new Engine({
      db: lazyPort,
      log,
      exclusive: settings.isEmbeddedDatabase,
      retentionMs: settings.ENGINE_RETENTION_DAYS * DAY_MS,
      leaseMs: settings.LEASE_MS,
      maxCalls: settings.isEmbeddedDatabase ? MAX_CALLS.pglite : MAX_CALLS.server,
      ...(settings.NODE_ENV === "development" ? { refreshMs: DEVELOPMENT_REFRESH_MS } : {}),
      handler: {
        url: `http://127.0.0.1:${settings.PORT}/api/inngest`,
        signingKey,
        send: (request) => {
          if (!mine.send) throw new Error("The engine is not started in this process");
          return mine.send(request);
        },
      },
    }),
  };
  return mine;
}

const lazyPort: EngineDatabase = {
  query: async (sql, params) => (await enginePort()).query(sql, params),
  tell: async (sql, params) => (await enginePort()).tell(sql, params),
  transaction: async (work) => (await enginePort()).transaction(work),
  batch: async (statements) => (await enginePort()).batch(statements),
  listen: async (channel, onNotify) => (await enginePort()).listen(channel, onNotify),
};
