import type { HandlerTarget } from "./call";
import type { EngineDatabase, EngineLog } from "./port";

export interface EngineOptions {
  db: EngineDatabase;
  /** The handler that serves the functions; without one the process only sends events. */
  handler: HandlerTarget;
  log: EngineLog;
  /** Calls in flight at once, 16 unless told. */
  maxCalls?: number;
  /** No other process works on the database: what a killed predecessor held is freed at the start. */
  exclusive?: boolean;
  /** Reads the functions again when an event comes and they are older than this; for development. */
  refreshMs?: number;
  leaseMs?: number;
  /** The slowest the engine looks for work that no notification told it of. */
  backstopMs?: number;
  backoffMs?: (attempt: number) => number;
  retentionMs?: number;
  /** Longest wait between two attempts to reach the handler. */
  unreachableDelayMs?: number;
  /** How long one call may take before it counts as failed: the real server's limit of a step. */
  callTimeoutMs?: number;
}

/** The real server's waits between attempts, in seconds; it adds up to 30 seconds at random. */
const BACKOFF_SECONDS = [15, 30, 60, 120, 300, 600, 1_200, 2_400, 3_600, 7_200];

function defaultBackoffMs(attempt: number): number {
  const seconds = BACKOFF_SECONDS[Math.min(attempt, BACKOFF_SECONDS.length - 1)] ?? 0;
  return seconds * 1_000 + Math.random() * 30_000;
}

/** Everything but the database, the handler and the log. */
export const DEFAULTS = {
  maxCalls: 16,
  exclusive: false,
  refreshMs: Number.POSITIVE_INFINITY,
  leaseMs: 30_000,
  backstopMs: 10_000,
  backoffMs: defaultBackoffMs,
  retentionMs: 7 * 86_400_000,
  unreachableDelayMs: 5_000,
  callTimeoutMs: 2 * 3_600_000,
};
