import "server-only";
import { type Preparation, readPreparation } from "@/db/preparation";
import { embedded } from "@/inngest/embedded";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { storage } from "@/lib/storage/open";

const PART_TIMEOUT_MS = 3_000;
const REACH_TIMEOUT_MS = 2_000;
/** Anybody may ask, and storage is written to for the answer: one look serves all who ask meanwhile. */
const KEEP_MS = 1_000;

/**
 * How a part is. Only `failing` is not to be expected: the others pass, or somebody has yet to migrate. `unreachable` is an
 * Inngest that does not answer: this process still serves, what it takes in waits in the database, and taking it out of
 * service would help nobody.
 */
type State = Preparation | "starting" | "unreachable" | "failing";

const CHECKS = {
  database: readPreparation,
  engine: checkEngine,
  storage: async () => {
    await storage().check();
    return "ok";
  },
} as const satisfies Record<string, () => Promise<State>>;

type Part = keyof typeof CHECKS;
type Readiness = { isReady: boolean; parts: Record<Part, State> };

let latest: { at: number; found: Promise<Readiness> } | undefined;

/** Whether the parts this process needs work. Why one is failing is in the log only. */
export function readiness(): Promise<Readiness> {
  const now = performance.now();
  if (!latest || now - latest.at > KEEP_MS) latest = { at: now, found: look() };
  return latest.found;
}

async function look(): Promise<Readiness> {
  const [database, engine, storage] = await Promise.all([
    stateOf("database"),
    stateOf("engine"),
    stateOf("storage"),
  ]);
  const parts = { database, engine, storage };
  const isReady = Object.values(parts).every((state) => state === "ok" || state === "unreachable");
  return { isReady, parts };
}

async function stateOf(part: Part): Promise<State> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PART_TIMEOUT_MS} ms`)), PART_TIMEOUT_MS);
  });
  try {
    return await Promise.race([CHECKS[part](), tooLate]);
  } catch (error) {
    log.warn({ err: error, part }, "not ready");
    return "failing";
  } finally {
    clearTimeout(timer);
  }
}

async function checkEngine(): Promise<State> {
  if (env().engine === "inngest") return reachInngest();
  const { engine, isStarting } = embedded();
  // A process that leaves the work to workers has no engine to start: what it takes in is in the database.
  if (engine.isRunning || env().ENGINE_ROLE === "web") return "ok";
  if (isStarting) return "starting";
  throw new Error("the engine has not started");
}

/** Whether Inngest can be reached at all: runs wait while it cannot. */
async function reachInngest(): Promise<State> {
  const { INNGEST_BASE_URL, INNGEST_DEV } = env();
  const dev = INNGEST_DEV?.startsWith("http") ? INNGEST_DEV : "http://127.0.0.1:8288";
  const url = INNGEST_BASE_URL ?? (INNGEST_DEV ? dev : "https://inn.gs");
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(REACH_TIMEOUT_MS) });
    if (answer.status < 500) return "ok";
    log.warn({ status: answer.status }, "Inngest does not work: runs wait for it");
  } catch (error) {
    log.warn({ err: error }, "Inngest cannot be reached: runs wait for it");
  }
  return "unreachable";
}
