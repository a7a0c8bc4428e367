import "server-only";
import { and, inArray } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { queued } from "../admission";
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
  const ids = [...new Set(executionIds.map((id) => id.toLowerCase()))];
  const done = new Map<string, BulkResult>();
  for (const group of verb === "cancel" ? await inLineFirst(scope, ids) : [ids]) {
    const results = await forEachRun(group, (id) =>
      tried(id, async (executionId) => {
        const started = await VERBS_OF_MANY[verb](scope, { executionId, idempotencyKey });
        if (started) begun.push(started.isNew);
        return started;
      }),
    );
    for (const result of results) done.set(result.executionId, result);
  }
  const results = ids.flatMap((id) => done.get(id) ?? []);
  if (results.every((result) => !result.ok && result.code === "not_found")) {
    throw new AppError("not_found", "None of these runs exists.");
  }
  return { results, isReplay: begun.length > 0 && !begun.includes(true) };
}

/** What waits in line, and the others: it would begin in the place of one of them that is stopped before it. */
async function inLineFirst(scope: TenantScope, ids: readonly string[]): Promise<string[][]> {
  const isMeant = and(queued(scope.tenantId), inArray(executions.id, [...ids]));
  const rows = await asTenant(scope, (tx) =>
    tx.select({ id: executions.id }).from(executions).where(isMeant),
  );
  const inLine = new Set(rows.map((run) => run.id));
  return [ids.filter((id) => inLine.has(id)), ids.filter((id) => !inLine.has(id))];
}
