import "server-only";
import { pingDatabase } from "@/db/access";
import { embedded } from "@/inngest/embedded";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { storage } from "@/lib/storage/open";

const PART_TIMEOUT_MS = 3_000;
/** Anybody may ask, and storage is written to for the answer: one look serves all who ask meanwhile. */
const KEEP_MS = 1_000;

const CHECKS = {
  database: pingDatabase,
  engine: checkEngine,
  storage: () => storage().check(),
} as const;

export type Part = keyof typeof CHECKS;
export type Readiness = { isReady: boolean; parts: Record<Part, "ok" | "failing"> };

let latest: { at: number; found: Promise<Readiness> } | undefined;

/** Whether the parts this process needs work. What is wrong with one is in the log only. */
export function readiness(): Promise<Readiness> {
  const now = performance.now();
  if (!latest || now - latest.at > KEEP_MS) latest = { at: now, found: look() };
  return latest.found;
}

async function look(): Promise<Readiness> {
  const [database, engine, storage] = await Promise.all([
    works("database"),
    works("engine"),
    works("storage"),
  ]);
  const parts = { database, engine, storage };
  return { isReady: Object.values(parts).every((state) => state === "ok"), parts };
}

async function works(part: Part): Promise<"ok" | "failing"> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PART_TIMEOUT_MS} ms`)), PART_TIMEOUT_MS);
  });
  try {
    await Promise.race([CHECKS[part](), tooLate]);
    return "ok";
  } catch (error) {
    log.warn({ err: error, part }, "not ready");
    return "failing";
  } finally {
    clearTimeout(timer);
  }
}

async function checkEngine(): Promise<void> {
  if (env().engine === "inngest") await reachInngest();
  else if (!embedded().engine.isRunning) throw new Error("the engine has not started");
}

/** Whether Inngest can be reached at all: runs wait while it cannot. */
async function reachInngest(): Promise<void> {
  const { INNGEST_BASE_URL, INNGEST_DEV } = env();
  const dev = INNGEST_DEV?.startsWith("http") ? INNGEST_DEV : "http://127.0.0.1:8288";
  const url = INNGEST_BASE_URL ?? (INNGEST_DEV ? dev : "https://inn.gs");
  const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(PART_TIMEOUT_MS) });
  if (answer.status >= 500) throw new Error(`Inngest answered ${answer.status}`);
}
