import "server-only";
import { and, asc, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import {
  agents,
  agentVersions,
  executionSteps,
  executions,
  workflows,
  workflowVersions,
} from "@/db/schema/ai";
import { apiKeys, users } from "@/db/schema/auth";
import { ledgerEntries } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { type Graph, topologicalOrder } from "@/lib/workflows/graph";
import { readGraph } from "@/lib/workflows/store";
import type { StepStatus } from "./input";
import { agentOf, costSum, type RunSummary, SUMMARY_COLUMNS, starterOf, workflowOf } from "./run-columns";
import { executionIs, runNotFound, stepsOf } from "./store";

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
  /** The nodes of the pinned graph, in an order in which they can run. */
  nodes: { id: string; name: string; kind: string }[];
  /** What to resume a live view from. */
  revision: number;
};

/** One run with its steps, without what the steps worked on. @throws AppError `not_found` */
export async function getRun(scope: TenantScope, executionId: string): Promise<RunDto> {
  const run = await findRun(scope, executionId);
  if (!run) throw runNotFound();
  return run;
}

/** The same, or null when there is no such run. */
export async function findRun(scope: TenantScope, executionId: string): Promise<RunDto | null> {
  authorize(scope, "run.read");
  if (!isId(executionId)) return null;
  return asTenant(scope, async (tx) => {
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
      })
      .from(executions)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(users, starterOf)
      .leftJoin(apiKeys, and(eq(apiKeys.tenantId, executions.tenantId), eq(apiKeys.id, executions.apiKeyId)))
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
    const { workflowVersion, agentVersion, graph, ...rest } = row;
    const { steps, costMicros, revision } = await loadSteps(tx, scope, executionId);
    const nodes = graph ? inOrder(readGraph(graph)) : [];
    return { ...rest, versionNumber: workflowVersion ?? agentVersion, nodes, steps, costMicros, revision };
  });
}

function inOrder(graph: Graph): RunDto["nodes"] {
  const places = new Map(topologicalOrder(graph).order.map((nodeId, index) => [nodeId, index]));
  return graph.nodes
    .map(({ id, name, kind }) => ({ id, name, kind }))
    .sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

/** The steps of a run with what each cost; what the run cost in all, and the newest revision among them. */
export async function loadSteps(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
): Promise<{ steps: StepSummary[]; costMicros: string; revision: number; revisions: Map<string, number> }> {
  const rows = await tx
    .select({
      id: executionSteps.id,
      nodeId: executionSteps.nodeId,
      iteration: executionSteps.iteration,
      name: executionSteps.name,
      kind: executionSteps.kind,
      status: sql<StepStatus>`${executionSteps.status}`,
      attempt: executionSteps.attempt,
      startedAt: executionSteps.startedAt,
      completedAt: executionSteps.completedAt,
      errorMessage: executionSteps.errorMessage,
      revision: executionSteps.revision,
    })
    .from(executionSteps)
    .where(stepsOf(scope, executionId))
    .orderBy(asc(executionSteps.startedAt), asc(executionSteps.id));
  const costs = await stepCosts(tx, scope, executionId);
  const revisions = new Map(rows.map((row) => [row.id, row.revision]));
  return {
    steps: rows.map(({ revision: _, ...row }) => ({
      ...row,
      costMicros: (costs.get(row.id) ?? 0n).toString(),
    })),
    costMicros: [...costs.values()].reduce((sum, cost) => sum + cost, 0n).toString(),
    revision: Math.max(0, ...revisions.values()),
    revisions,
  };
}

/** By step; what belongs to no step is under "". */
async function stepCosts(tx: Tx, scope: TenantScope, executionId: string): Promise<Map<string, bigint>> {
  const rows = await tx
    .select({ stepId: ledgerEntries.stepId, cost: costSum })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, scope.tenantId), eq(ledgerEntries.executionId, executionId)))
    .groupBy(ledgerEntries.stepId);
  return new Map(rows.map((row) => [row.stepId ?? "", microsFromNumeric(row.cost)]));
}
