import "server-only";
import { sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { isFinished, type RunStatus } from "./input";
import { nextChange } from "./live";
import { loadSteps, type StepSummary } from "./run-queries";
import { executionIs, runNotFound, stepsOf } from "./store";

/** One message of a live view: how the run stands and the steps that changed. */
export type RunMessage = {
  readonly execution: {
    readonly id: string;
    readonly status: RunStatus;
    readonly startedAt: Date | null;
    readonly completedAt: Date | null;
    readonly costMicros: string;
    readonly errorMessage: string | null;
    readonly errorNodeId: string | null;
  };
  readonly steps: readonly StepSummary[];
  /** Resume after it: steps that changed later have a higher one. */
  readonly revision: number;
};

/** Other processes' changes are seen this late at most; those of this process at once. */
const LOOK_EVERY_MS = 1_000;
/** After the end, how long to wait for steps that are still being closed. */
const LAST_STEPS_MS = 5_000;
/** Transactions may commit out of the order of their revisions: a resumed view is told a few steps twice. */
const OVERLAP = 100;

/** Changes when anything about the run or its steps did. Cheap: no step is read. */
async function fingerprint(scope: TenantScope, executionId: string): Promise<string> {
  return asTenant(scope, async (tx) => {
    const [row] = await tx
      .select({
        run: sql<string>`${executions.status} || coalesce(${executions.completedAt}::text, '')`,
        steps: sql<string>`(select coalesce(sum(${executionSteps.revision}), 0)::text from ${executionSteps} where ${stepsOf(scope, executionId)})`,
      })
      .from(executions)
      .where(executionIs(scope, executionId))
      .limit(1);
    if (!row) throw runNotFound();
    return `${row.run}|${row.steps}`;
  });
}

async function snapshot(scope: TenantScope, executionId: string) {
  return asTenant(scope, async (tx) => {
    const [execution] = await tx
      .select({
        id: executions.id,
        status: sql<RunStatus>`${executions.status}`,
        startedAt: executions.startedAt,
        completedAt: executions.completedAt,
        errorMessage: executions.errorMessage,
        errorNodeId: executions.errorNodeId,
      })
      .from(executions)
      .where(executionIs(scope, executionId))
      .limit(1);
    if (!execution) throw runNotFound();
    const { steps, costMicros, revision, revisions } = await loadSteps(tx, scope, executionId);
    return { execution: { ...execution, costMicros }, steps, revision, revisions };
  });
}

/**
 * A run as it happens: first what changed since `after` (a revision; 0 for everything), then each change, until the run
 * has ended and its last steps are closed, or the signal aborts. `null` now and then while nothing happens.
 *
 * @throws AppError `not_found`
 */
export async function* runEvents(
  scope: TenantScope,
  executionId: string,
  { after = 0, signal }: { after?: number; signal: AbortSignal },
): AsyncGenerator<RunMessage | null> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  const told = new Map<string, number>();
  let seen = "";
  let endedAt: number | null = null;
  while (!signal.aborted) {
    const now = await fingerprint(scope, executionId);
    if (now === seen) yield null;
    else {
      const { revisions, ...message } = await snapshot(scope, executionId);
      const isNews = (step: StepSummary) => {
        const revision = revisions.get(step.id) ?? 0;
        return told.has(step.id) ? told.get(step.id) !== revision : revision > after - OVERLAP;
      };
      yield { ...message, steps: message.steps.filter(isNews) };
      for (const [id, revision] of revisions) told.set(id, revision);
      seen = now;
      if (isFinished(message.execution.status)) {
        endedAt ??= performance.now();
        if (!message.steps.some((step) => step.status === "running")) return;
      }
    }
    if (endedAt !== null && performance.now() - endedAt > LAST_STEPS_MS) return;
    await nextChange(executionId, LOOK_EVERY_MS, signal);
  }
}
