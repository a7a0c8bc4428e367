import "server-only";
import { and, asc, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps, executions, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { partCosts } from "./cost";
import { type RunStatus, WINDOW_ROWS } from "./input";
import { retryingParts } from "./retrying";
import { isTakenOver } from "./run-columns";
import { completeSteps, countParts, type PartCounts, STEP_COLUMNS, type StepRow } from "./step-rows";
import { requireRun, runNotFound, stepsOf } from "./store";

/** Some of the steps of a run, in the order they started; those that never did come last. */
export type StepWindow = { offset: number; steps: StepRow[] };

/** One run inside a run: an item of a map, a round of a loop, or a called workflow. */
export type PartRow = {
  id: string;
  /** Which item or round, from zero; null for a called workflow. */
  itemIndex: number | null;
  /** Of the called workflow; null for items and rounds. */
  workflowName: string | null;
  status: RunStatus;
  createdAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  /** With the parts inside of it. */
  costMicros: string;
  errorMessage: string | null;
  /** It has its result from the run that is resumed: nothing of it ran here. */
  isTakenOver: boolean;
  /** What went wrong with what is tried again in it. */
  retryMessage: string | null;
};

/** Some of the parts of the run that work for one step, by their place. */
export type PartWindow = { offset: number; counts: PartCounts; parts: PartRow[] };

/** A window of the steps of a run, read without the other steps. */
export async function loadStepWindow(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  offset: number,
): Promise<StepWindow> {
  const rows = await stepWindowQuery(tx, scope, executionId, offset);
  return { offset, steps: await completeSteps(tx, scope, executionId, rows) };
}

/** The statement behind a window: in the order of `execution_steps_started_idx`. */
export function stepWindowQuery(tx: Tx, scope: TenantScope, executionId: string, offset: number) {
  return tx
    .select(STEP_COLUMNS)
    .from(executionSteps)
    .where(stepsOf(scope, executionId))
    .orderBy(asc(executionSteps.startedAt), asc(executionSteps.id))
    .offset(offset)
    .limit(WINDOW_ROWS);
}

/** Some of the steps of a run. @throws AppError `not_found` */
export async function listSteps(
  scope: TenantScope,
  { executionId, offset }: { executionId: string; offset: number },
): Promise<StepWindow & { total: number }> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    await requireRun(tx, scope, executionId);
    const total = await tx.$count(executionSteps, stepsOf(scope, executionId));
    return { ...(await loadStepWindow(tx, scope, executionId, offset)), total };
  });
}

/** Some of the parts of a run that work for one of its steps. @throws AppError `not_found` */
export async function listParts(
  scope: TenantScope,
  { executionId, stepId, offset }: { executionId: string; stepId: string; offset: number },
): Promise<PartWindow> {
  authorize(scope, "run.read");
  const missing = new AppError("not_found", "This run has no such step.");
  if (!isId(stepId) || !isId(executionId)) throw missing;
  return asTenant(scope, async (tx) => {
    const [step] = await tx
      .select({ id: executionSteps.id })
      .from(executionSteps)
      .where(and(stepsOf(scope, executionId), eq(executionSteps.id, stepId)));
    if (!step) throw missing;
    const rows = await tx
      .select({
        id: executions.id,
        itemIndex: executions.itemIndex,
        bodyNodeId: executions.bodyNodeId,
        workflowName: workflows.name,
        status: sql<RunStatus>`${executions.status}`,
        createdAt: executions.createdAt,
        startedAt: executions.startedAt,
        completedAt: executions.completedAt,
        errorMessage: executions.errorMessage,
        isTakenOver,
      })
      .from(executions)
      .leftJoin(
        workflows,
        and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId)),
      )
      .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.parentStepId, stepId)))
      .orderBy(asc(executions.itemIndex), asc(executions.id))
      .offset(offset)
      .limit(WINDOW_ROWS);
    const costs = await partCosts(
      tx,
      scope,
      rows.map((row) => row.id),
    );
    const retrying = (await retryingParts(tx, scope, [stepId])).get(stepId)?.parts;
    const counts = (await countParts(tx, scope, [stepId])).get(stepId) ?? {};
    return {
      offset,
      counts,
      parts: rows.map(({ bodyNodeId, workflowName, itemIndex, ...row }) => ({
        ...row,
        itemIndex: bodyNodeId === null ? null : itemIndex,
        workflowName: bodyNodeId === null ? workflowName : null,
        costMicros: (costs.get(row.id) ?? 0n).toString(),
        retryMessage: retrying?.get(row.id) ?? null,
      })),
    };
  });
}
