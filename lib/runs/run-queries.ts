import "server-only";
import { and, asc, eq } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import {
  agents,
  agentVersions,
  executionSteps,
  executions,
  workflows,
  workflowVersions,
} from "@/db/schema/ai";
import { apiKeys, users } from "@/db/schema/auth";
import { workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { lastTogether } from "@/db/statements";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { costOf, costStatement, partCost, stepCosts } from "./cost";
import { loadFigures } from "./figures";
import type { StepStatus } from "./input";
import {
  agentOf,
  isTakenOver,
  type RunSummary,
  STEP_SUMMARY_COLUMNS,
  SUMMARY_COLUMNS,
  starterOf,
  workflowOf,
} from "./run-columns";
import { executionIs, type GivenRun, isGivenRun, runNotFound, stepsOf } from "./store";

export type StepSummary = {
  id: string;
  nodeId: string;
  iteration: number;
  name: string;
  kind: string;
  status: StepStatus;
  attempt: number;
  startedAt: Date | null;
  completedAt: Date | null;
  costMicros: string;
  errorMessage: string | null;
};

export type RunDto = RunSummary & {
  /** The pinned version: of the workflow, or of the agent. */
  versionNumber: number | null;
  apiKeyName: string | null;
  input: unknown;
  result: unknown;
  deadlineAt: Date | null;
  steps: StepSummary[];
};

/** One run with all its steps, without what the steps worked on. @throws AppError `not_found` */
export async function getRun(scope: TenantScope, executionId: string): Promise<RunDto> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  return asTenant(scope, async (tx) => {
    const row = await findRunRow(tx, scope, executionId);
    if (!row) throw runNotFound();
    const { graph: _, place, lineage: _lineage, ...rest } = row;
    const steps = await loadSteps(tx, scope, executionId);
    const { costMicros } = await loadFigures(tx, scope, { id: executionId, ...place });
    return { ...rest, steps, costMicros };
  });
}

/** The id of a run that a workflow's editor is asked to show; null when the workflow has no such run. */
export async function findRunOf(
  scope: TenantScope,
  workflowId: string,
  executionId: unknown,
): Promise<string | null> {
  authorize(scope, "run.read");
  if (!isId(executionId) || !isId(workflowId)) return null;
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({ id: executions.id })
      .from(executions)
      .where(and(executionIs(scope, executionId), eq(executions.workflowId, workflowId)))
      .limit(1),
  );
  return row?.id ?? null;
}

/** A line about a run, and what it gave. @throws AppError `not_found` */
export async function getRunResult(
  scope: TenantScope,
  executionId: string,
): Promise<RunSummary & { result: unknown }> {
  authorize(scope, "run.read");
  if (!isId(executionId)) throw runNotFound();
  const given = { tenantId: scope.tenantId, executionId };
  const [[row], ledger] = await asTenant(scope, (tx) =>
    lastTogether(tx, [resultRow(tx, given), costStatement(tx, given)]),
  );
  if (!row) throw runNotFound();
  const { rootExecutionId, ...rest } = row;
  const isPart = rootExecutionId !== null;
  const cost = isPart ? await asTenant(scope, (tx) => partCost(tx, scope, row.id)) : costOf(ledger);
  return { ...rest, costMicros: cost.toString() };
}

const resultRow = madeOnce<GivenRun, ResultRow[]>((tx) =>
  tx
    .select({
      ...SUMMARY_COLUMNS,
      result: executions.resultData,
      rootExecutionId: executions.rootExecutionId,
    })
    .from(executions)
    .leftJoin(workflows, workflowOf)
    .leftJoin(agents, agentOf)
    .leftJoin(users, starterOf)
    .where(isGivenRun)
    .limit(1),
);

type ResultRow = Omit<RunSummary, "costMicros"> & { result: unknown; rootExecutionId: string | null };

/** What the tables around a run say of it; its graph only when it is a workflow's. Null when there is no such run. */
export async function findRunRow(tx: Tx, scope: TenantScope, executionId: string) {
  const [row] = await tx
    .select({
      ...SUMMARY_COLUMNS,
      workflowVersion: workflowVersions.version,
      agentVersion: agentVersions.version,
      graph: workflowVersions.dagStructure,
      apiKeyName: apiKeys.name,
      input: executions.inputData,
      result: executions.resultData,
      deadlineAt: executions.deadlineAt,
      /** Where in a larger run it stands. */
      place: {
        rootExecutionId: executions.rootExecutionId,
        parentExecutionId: executions.parentExecutionId,
        parentStepId: executions.parentStepId,
        itemIndex: executions.itemIndex,
        bodyNodeId: executions.bodyNodeId,
      },
      /** What it came from. */
      lineage: {
        mode: executions.mode,
        sourceExecutionId: executions.sourceExecutionId,
        onlyNodes: executions.onlyNodes,
        usesPins: executions.usesPins,
        isTakenOver,
        triggerName: workflowTriggers.name,
      },
    })
    .from(executions)
    .leftJoin(workflows, workflowOf)
    .leftJoin(agents, agentOf)
    .leftJoin(users, starterOf)
    .leftJoin(apiKeys, and(eq(apiKeys.tenantId, executions.tenantId), eq(apiKeys.id, executions.apiKeyId)))
    .leftJoin(
      workflowTriggers,
      and(eq(workflowTriggers.tenantId, executions.tenantId), eq(workflowTriggers.id, executions.triggerId)),
    )
    .leftJoin(
      workflowVersions,
      and(
        eq(workflowVersions.tenantId, executions.tenantId),
        eq(workflowVersions.id, executions.workflowVersionId),
      ),
    )
    .leftJoin(
      agentVersions,
      and(eq(agentVersions.tenantId, executions.tenantId), eq(agentVersions.id, executions.agentVersionId)),
    )
    .where(executionIs(scope, executionId))
    .limit(1);
  if (!row) return null;
  const { workflowVersion, agentVersion, ...rest } = row;
  return { ...rest, versionNumber: workflowVersion ?? agentVersion };
}

/** All steps of a run with what each cost. */
async function loadSteps(tx: Tx, scope: TenantScope, executionId: string): Promise<StepSummary[]> {
  const rows = await tx
    .select(STEP_SUMMARY_COLUMNS)
    .from(executionSteps)
    .where(stepsOf(scope, executionId))
    .orderBy(asc(executionSteps.startedAt), asc(executionSteps.id));
  const costs = await stepCosts(tx, scope, executionId, rows);
  return rows.map((row) => ({ ...row, costMicros: (costs.get(row.id) ?? 0n).toString() }));
}
