import "server-only";
import { sqlState } from "@/db/failures";
import { worksHere } from "@/inngest/embedded";
import { AppError } from "@/lib/errors";
import { type Computed, computeWhole } from "./compute";
import type { RunStarted } from "./new-run";
import type { RunTarget } from "./target";
import { NotTogether, type WholeStart, writeWhole } from "./write-whole";

/**
 * A workflow's run that only computes is done where it is started: the transaction that writes the run writes its steps,
 * its bill and its end, so that there is nothing to resume and nothing to tell the engine. Null when this run reaches
 * outside, fails, or this process leaves working on runs to others.
 */
export function wholeRun(target: RunTarget): Computed | null {
  if (!target.workflowId || !worksHere()) return null;
  return computeWhole(target.graph, target.input);
}

/** Transactions of one tenant that are under way; what comes meanwhile goes with the next one. */
const AT_ONCE = 2;
const MOST_RUNS = 16;
const MOST_STEPS = 200;

type Waiting = {
  readonly start: WholeStart;
  readonly resolve: (started: RunStarted | null) => void;
  readonly reject: (error: unknown) => void;
};

type Line = { underWay: number; readonly waiting: Waiting[] };

const lines = new Map<string, Line>();

/**
 * Writes a whole run. Starts of one tenant that come while others are being written are written together, which costs
 * hardly more than one: the wallet is locked once, and each table is written to once. One that cannot be written fails
 * alone. Null when what was assumed of its target is so no more: then nothing was written.
 *
 * @throws AppError `precondition`, reason `rate_missing`; `rate_limited`, reason `start_rate`; `conflict`, reason
 * `idempotency_key_reused`; what the wallet refuses
 */
export function startWhole(start: WholeStart): Promise<RunStarted | null> {
  const key = start.scope.tenantId;
  const line = lines.get(key) ?? { underWay: 0, waiting: [] };
  lines.set(key, line);
  return new Promise((resolve, reject) => {
    line.waiting.push({ start, resolve, reject });
    goOn(key, line);
  });
}

function goOn(key: string, line: Line): void {
  while (line.underWay < AT_ONCE && line.waiting.length > 0) {
    line.underWay += 1;
    const batch = line.waiting.splice(0, roomFor(line.waiting));
    void writeBatch(batch).finally(() => {
      line.underWay -= 1;
      goOn(key, line);
    });
  }
  if (line.underWay === 0) lines.delete(key);
}

/** How many of those that wait fit into one transaction. */
function roomFor(waiting: readonly Waiting[]): number {
  let steps = 0;
  const beyond = waiting.slice(0, MOST_RUNS).findIndex(({ start }) => {
    steps += start.whole.steps.length;
    return steps > MOST_STEPS;
  });
  return beyond < 0 ? MOST_RUNS : Math.max(1, beyond);
}

async function writeBatch(batch: readonly Waiting[]): Promise<void> {
  try {
    const started = await writeWhole(batch.map(({ start }) => start));
    for (const [at, { resolve }] of batch.entries()) resolve(started[at] ?? null);
  } catch (error) {
    if (batch.length > 1 && wroteNothing(error)) for (const one of batch) await writeBatch([one]);
    else for (const { reject } of batch) reject(error);
  }
}

/** Whether it is certain that a failed transaction left nothing: after a lost connection it is not. */
function wroteNothing(error: unknown): boolean {
  if (error instanceof AppError) return error.reason !== "database_unavailable";
  return error instanceof NotTogether || sqlState(error) !== undefined;
}
