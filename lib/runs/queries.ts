import "server-only";
import { and, asc, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
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
import { containing } from "@/lib/like";
import { microsFromNumeric } from "@/lib/money";
import { mapPage, type Page, toPage } from "@/lib/paging";
import { type Graph, topologicalOrder } from "@/lib/workflows/graph";
import { readGraph } from "@/lib/workflows/store";
import { type ListRunsInput, listRunsInput, type RunStatus, type RunTrigger, type StepStatus } from "./input";
import { executionIs, runNotFound, stepsOf } from "./store";

/** Amounts are micro-dollars as digits, in the tenant's own price, so that a DTO is JSON. */
export type RunSummary = {
  id: string;
  status: RunStatus;
  trigger: RunTrigger;
  /** Of the workflow or agent. */
  name: string;
  workflowId: string | null;
  agentId: string | null;
  startedByName: string | null;
  createdAt: Date;
  startedAt: Date | null;
  completedAt: Date | null;
  costMicros: string;
  errorCode: string | null;
  errorMessage: string | null;
  errorNodeId: string | null;
};

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

const SUMMARY_COLUMNS = {
  id: executions.id,
  status: sql<RunStatus>`${executions.status}`,
  trigger: sql<RunTrigger>`${executions.trigger}`,
  name: sql<string>`coalesce(${workflows.name}, ${agents.name}, 'Removed')`,
  workflowId: executions.workflowId,
  agentId: executions.agentId,
  startedByName: users.fullName,
  createdAt: executions.createdAt,
  startedAt: executions.startedAt,
  completedAt: executions.completedAt,
  errorCode: executions.errorCode,
  errorMessage: executions.errorMessage,
  errorNodeId: executions.errorNodeId,
} as const;

const workflowOf = and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId));
const agentOf = and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId));
const starterOf = and(eq(users.tenantId, executions.tenantId), eq(users.id, executions.startedBy));

/** Runs, newest first, a page at a time, each with what it has cost. */
export async function listRuns(scope: TenantScope, input: ListRunsInput = {}): Promise<Page<RunSummary>> {
  authorize(scope, "run.read");
  const { status, trigger, workflowId, agentId, q, cursor, limit } = listRunsInput.parse(input);
  return asTenant(scope, async (tx) => {
    const rows = await tx
      .select(SUMMARY_COLUMNS)
      .from(executions)
      .leftJoin(workflows, workflowOf)
      .leftJoin(agents, agentOf)
      .leftJoin(users, starterOf)
      .where(
        and(
          eq(executions.tenantId, scope.tenantId),
          status ? eq(executions.status, status) : undefined,
          trigger ? eq(executions.trigger, trigger) : undefined,
          workflowId ? eq(executions.workflowId, workflowId) : undefined,
          agentId ? eq(executions.agentId, agentId) : undefined,
          q ? matchesText(q) : undefined,
          cursor ? lt(executions.id, cursor) : undefined,
        ),
      )
      .orderBy(desc(executions.id))
      .limit(limit + 1);
    const page = toPage(rows, limit);
    const costs = await costsOf(
      tx,
      scope,
      page.items.map((row) => row.id),
    );
    return mapPage(page, (row) => ({ ...row, costMicros: costs.get(row.id) ?? "0" }));
  });
}

function matchesText(q: string): SQL {
  const isWholeId: boolean = isId(q);
  if (isWholeId) return eq(executions.id, q);
  const pattern = containing(q);
  return sql`(${workflows.name} ilike ${pattern} or ${agents.name} ilike ${pattern} or ${executions.id}::text like ${pattern.slice(1)})`;
}

const costSum = sql<string>`sum(${ledgerEntries.tenantCost})::numeric(18,6)::text`;

async function costsOf(tx: Tx, scope: TenantScope, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ executionId: ledgerEntries.executionId, cost: costSum })
    .from(ledgerEntries)
    .where(and(eq(ledgerEntries.tenantId, scope.tenantId), inArray(ledgerEntries.executionId, [...ids])))
    .groupBy(ledgerEntries.executionId);
  return new Map(rows.map((row) => [row.executionId ?? "", microsFromNumeric(row.cost).toString()]));
}

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
