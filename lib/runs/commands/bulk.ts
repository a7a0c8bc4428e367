import "server-only";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { BatchVerb } from "../batch-input";
import type { BulkRunsInput } from "../input";
import { type BulkResult, forEachRun, tried, VERBS_OF_MANY } from "./one-of-many";

export type BulkDone = {
  readonly results: readonly BulkResult[];
  /** An earlier call with the same key had started each run that this one names. */
  readonly isReplay: boolean;
};

/** Stops many runs; one that cannot be stopped does not keep the others from it. @throws AppError `not_found` for all */
export function cancelRuns(scope: TenantScope, input: BulkRunsInput): Promise<BulkDone> {
  authorize(scope, "run.cancel");
  return eachOf(scope, "cancel", input);
}

/** Resumes many failed or cancelled runs, each on the version it had. The key counts for each of them. */
export function resumeRuns(scope: TenantScope, input: BulkRunsInput): Promise<BulkDone> {
  authorize(scope, "run.resume");
  return eachOf(scope, "resume", input);
}

/** Runs many again, each with the input and on the version it had. The key counts for each of them. */
export function replayRuns(scope: TenantScope, input: BulkRunsInput): Promise<BulkDone> {
  authorize(scope, "run.replay");
  return eachOf(scope, "replay", input);
}

async function eachOf(
  scope: TenantScope,
  verb: BatchVerb,
  { executionIds, idempotencyKey }: BulkRunsInput,
): Promise<BulkDone> {
  const begun: boolean[] = [];
  const results = await forEachRun([...new Set(executionIds)], (id) =>
    tried(id, async (executionId) => {
      const started = await VERBS_OF_MANY[verb](scope, { executionId, idempotencyKey });
      if (started) begun.push(started.isNew);
      return started;
    }),
  );
  if (results.every((result) => !result.ok && result.code === "not_found")) {
    throw new AppError("not_found", "None of these runs exists.");
  }
  return { results, isReplay: begun.length > 0 && !begun.includes(true) };
}
