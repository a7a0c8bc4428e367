import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import type { BulkRunsInput } from "../input";
import { loadSourceInput } from "../source";
import { cancelRun } from "./cancel";
import { replayRun } from "./replay";
import { resumeRun } from "./resume";

/** What became of one run of many. */
export type BulkResult =
  | { readonly executionId: string; readonly ok: true; readonly startedId: string | null }
  | { readonly executionId: string; readonly ok: false; readonly code: string; readonly message: string };

export type BulkDone = { readonly results: readonly BulkResult[] };

/** How many are worked on at once: enough to be quick, few enough to leave connections for others. */
const AT_ONCE = 4;

/** Stops many runs; one that cannot be stopped does not keep the others from it. @throws AppError `not_found` for all */
export function cancelRuns(scope: TenantScope, { executionIds }: BulkRunsInput): Promise<BulkDone> {
  authorize(scope, "run.cancel");
  return forEach(executionIds, async (executionId) => {
    await cancelRun(scope, { executionId });
    return null;
  });
}

/** Resumes many failed or cancelled runs, each on the version it had. The key counts for each of them. */
export function resumeRuns(scope: TenantScope, input: BulkRunsInput): Promise<BulkDone> {
  authorize(scope, "run.resume");
  return forEach(input.executionIds, async (executionId) => {
    const started = await resumeRun(scope, { executionId, on: "same", ...keyFor(input, executionId) });
    return started.executionId;
  });
}

/** Runs many again, each with the input and on the version it had. The key counts for each of them. */
export function replayRuns(scope: TenantScope, input: BulkRunsInput): Promise<BulkDone> {
  authorize(scope, "run.replay");
  return forEach(input.executionIds, async (executionId) => {
    const given = await loadSourceInput(scope, executionId);
    const asked = { executionId, on: "same", input: given } as const;
    return (await replayRun(scope, { ...asked, ...keyFor(input, executionId) })).executionId;
  });
}

function keyFor({ idempotencyKey }: BulkRunsInput, executionId: string) {
  return idempotencyKey ? { idempotencyKey: `${idempotencyKey}:${executionId}` } : {};
}

async function forEach(
  executionIds: readonly string[],
  work: (executionId: string) => Promise<string | null>,
): Promise<BulkDone> {
  const queue = [...new Set(executionIds)];
  const results = new Map<string, BulkResult>();
  const worker = async () => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) results.set(id, await tried(id, work));
  };
  const order = [...queue];
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const done = order.flatMap((id) => results.get(id) ?? []);
  if (done.every((result) => !result.ok && result.code === "not_found")) {
    throw new AppError("not_found", "None of these runs exists.");
  }
  return { results: done };
}

async function tried(
  executionId: string,
  work: (executionId: string) => Promise<string | null>,
): Promise<BulkResult> {
  try {
    return { executionId, ok: true, startedId: await work(executionId) };
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal") {
      return { executionId, ok: false, code: error.code, message: error.message };
    }
    log.error({ err: error, executionId }, "one run of many failed unexpectedly");
    return { executionId, ok: false, code: "internal", message: "Something went wrong on our side." };
  }
}
