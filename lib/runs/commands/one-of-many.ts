import "server-only";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import type { BatchVerb } from "../batch-input";
import type { RunStarted } from "../new-run";
import { cancelRun } from "./cancel";
import { replayRun } from "./replay";
import { resumeRun } from "./resume";

/** What became of one run of many. */
export type BulkResult =
  | { readonly executionId: string; readonly ok: true; readonly startedId: string | null }
  | { readonly executionId: string; readonly ok: false; readonly code: string; readonly message: string };

/** @param idempotencyKey counts for all of them */
export type OneOfMany = { readonly executionId: string; readonly idempotencyKey?: string | undefined };

type Begun = Pick<RunStarted, "executionId" | "isNew"> | null;
type Verb = (scope: TenantScope, one: OneOfMany) => Promise<Begun>;

/**
 * What is done with each run, on the version and with the input it had. One that ended before it could be stopped says so,
 * and one that was resumed already is not resumed once more. @returns the new run, where one was started
 */
export const VERBS_OF_MANY: Readonly<Record<BatchVerb, Verb>> = {
  cancel: async (scope, { executionId }) => {
    const { status } = await cancelRun(scope, { executionId });
    if (status === "cancelled") return null;
    throw new AppError("precondition", "It had ended before it could be stopped.");
  },
  resume: async (scope, one) => {
    const asked = { executionId: one.executionId, on: "same", resumesSeen: 0, ...keyFor(one) } as const;
    return resumeRun(scope, asked);
  },
  replay: (scope, one) => replayRun(scope, { executionId: one.executionId, on: "same", ...keyFor(one) }),
};

function keyFor({ idempotencyKey, executionId }: OneOfMany) {
  return idempotencyKey ? { idempotencyKey: `${idempotencyKey}:${executionId}` } : {};
}

/** Does it, and says why not when it could not be done. @throws only what `passes` lets through */
export async function tried(
  executionId: string,
  work: (executionId: string) => Promise<Begun>,
  passes: (error: unknown) => boolean = () => false,
): Promise<BulkResult> {
  try {
    return { executionId, ok: true, startedId: (await work(executionId))?.executionId ?? null };
  } catch (error) {
    if (passes(error)) throw error;
    if (error instanceof AppError && error.code !== "internal") {
      return { executionId, ok: false, code: error.code, message: error.message };
    }
    log.error({ err: error, executionId }, "one run of many failed unexpectedly");
    return { executionId, ok: false, code: "internal", message: "Something went wrong on our side." };
  }
}

/** Does it with each, a few at once: enough to be quick, few enough to leave connections for others. */
export async function forEachRun<T>(
  executionIds: readonly string[],
  work: (executionId: string) => Promise<T>,
): Promise<T[]> {
  const queue = [...executionIds.entries()];
  const results: T[] = [];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

const AT_ONCE = 4;
