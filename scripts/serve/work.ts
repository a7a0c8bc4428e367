import { setTimeout as delay } from "node:timers/promises";
import { closeDatabase } from "@/db/pool";
import { readPreparation } from "@/db/preparation";
import { serverProblem } from "@/db/server-problem";
import { engineStats } from "@/inngest/embedded";
import { startEngine, stopEngine } from "@/inngest/start";
import { env } from "@/lib/env";
import { log } from "@/lib/log";
import { onStopSignal } from "@/lib/stop-signals";

const STEPS_TIMEOUT_MS = 25_000;
const HEALTH_EVERY_MS = 60_000;
const PREPARED_EVERY_MS = 1_000;

/** Why this installation has no use for a worker; null when it has. */
function refusal(): string | null {
  if (env().engine === "inngest") return "Inngest runs the functions of this installation.";
  if (env().isEmbeddedDatabase)
    return "the embedded database belongs to one process: set DATABASE_URL to a PostgreSQL server.";
  return null;
}

async function tellHealth(): Promise<void> {
  const stats = await engineStats();
  if (!stats) return;
  const { queueDepth, oldestJobAgeMs, leased, scheduled } = stats;
  const rssMb = Math.round(process.memoryUsage().rss / 1e6);
  log.info(
    { queueDepth, oldestJobAgeMs: Math.round(oldestJobAgeMs), leased, scheduled, rssMb },
    "worker is well",
  );
}

/** Takes nothing new, finishes the steps under way, gives back what does not end in time. */
async function shutDown(signal: "SIGTERM" | "SIGINT"): Promise<void> {
  log.info({ signal }, "worker is stopping");
  await stopEngine(STEPS_TIMEOUT_MS);
  await closeDatabase().catch((error: unknown) => log.error({ err: error }, "the database did not close"));
  process.exit(signal === "SIGTERM" ? 143 : 130);
}

/** Waits for the server that migrates: on the tables of an older version the work would fail, and be given up. */
async function databaseReady(): Promise<void> {
  let told = "ok";
  for (;;) {
    const state = await readPreparation();
    if (state === "ok") return;
    if (state !== told)
      log.warn({ database: state }, "worker waits until the server has prepared the database");
    told = state;
    await delay(PREPARED_EVERY_MS);
  }
}

/** Works until it is told to end. Why it cannot; null once it does. */
export async function work(): Promise<string | null> {
  const refused = refusal();
  if (refused) return refused;
  onStopSignal((signal) => void shutDown(signal));
  try {
    await databaseReady();
    await startEngine({ hasServer: false });
  } catch (error) {
    const problem = serverProblem(error, env().DATABASE_URL ?? "");
    if (problem === null) throw error;
    return problem;
  }
  log.info({ pid: process.pid }, "worker is ready");
  const health = () =>
    tellHealth().catch((error: unknown) => log.error({ err: error }, "worker has no database"));
  setInterval(() => void health(), HEALTH_EVERY_MS);
  await health();
  return null;
}
