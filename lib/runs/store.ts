import { and, eq, inArray, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, executionSteps, executions, workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { databaseTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { ancestorsOf, type Graph, type GraphNode } from "@/lib/workflows/graph";
import { DEFAULT_PORT } from "@/lib/workflows/kind";
import { liveEdgesInto, type Outcome, type Outcomes } from "@/lib/workflows/schedule";
import { buildScope } from "@/lib/workflows/scope";
import type { NodeValues } from "./nodes/runner";
import { nodesRead } from "./reads";

export function executionIs(scope: TenantScope, executionId: string) {
  return and(eq(executions.tenantId, scope.tenantId), eq(executions.id, executionId));
}

export function stepsOf(scope: TenantScope, executionId: string) {
  return and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.executionId, executionId));
}

export const nextRevision = sql`nextval('execution_steps_revision_seq')`;

export function runNotFound(): AppError {
  return new AppError("not_found", "This run does not exist.");
}

const RUN_COLUMNS = {
  id: executions.id,
  status: executions.status,
  trigger: executions.trigger,
  agentId: executions.agentId,
  workflowId: executions.workflowId,
  workflowVersionId: executions.workflowVersionId,
  agentVersionId: executions.agentVersionId,
  startedBy: executions.startedBy,
  inputData: executions.inputData,
  cancelRequestedAt: executions.cancelRequestedAt,
  deadlineAt: executions.deadlineAt,
  createdAt: executions.createdAt,
  /** The database's clock decides what is late. */
  get now() {
    return databaseTime().mapWith(executions.createdAt);
  },
  name: sql<string>`coalesce(${workflows.name}, ${agents.name}, '')`,
} as const;

export type RunFacts = Awaited<ReturnType<typeof loadRun>>;

/** What working on a run needs to know of it. @throws AppError `not_found` */
export async function loadRun(tx: Tx, scope: TenantScope, executionId: string) {
  if (!isId(executionId)) throw runNotFound();
  const [row] = await tx
    .select(RUN_COLUMNS)
    .from(executions)
    .leftJoin(
      workflows,
      and(eq(workflows.tenantId, executions.tenantId), eq(workflows.id, executions.workflowId)),
    )
    .leftJoin(agents, and(eq(agents.tenantId, executions.tenantId), eq(agents.id, executions.agentId)))
    .where(executionIs(scope, executionId))
    .limit(1);
  if (!row) throw runNotFound();
  return { ...row, status: row.status ?? "pending" };
}

type OutcomeRow = { nodeId: string; status: string; branch: string | null };

/** Where a step stands for scheduling. A step that is running, or waits for another attempt, is simply not settled. */
export function outcomeOf(row: OutcomeRow): Outcome | null {
  switch (row.status) {
    case "completed":
      return { status: "completed", ports: [row.branch ?? DEFAULT_PORT] };
    case "skipped":
      return { status: "skipped" };
    case "failed":
    case "cancelled":
      return { status: "failed" };
    default:
      return null;
  }
}

/** The settled nodes of a run. */
export async function loadOutcomes(tx: Tx, scope: TenantScope, executionId: string): Promise<Outcomes> {
  const rows = await tx
    .select({ nodeId: executionSteps.nodeId, status: executionSteps.status, branch: executionSteps.branch })
    .from(executionSteps)
    .where(and(stepsOf(scope, executionId), eq(executionSteps.iteration, 0)));
  return toOutcomes(rows);
}

function toOutcomes(rows: readonly OutcomeRow[]): Outcomes {
  const outcomes = new Map<string, Outcome>();
  for (const row of rows) {
    const outcome = outcomeOf(row);
    if (outcome) outcomes.set(row.nodeId, outcome);
  }
  return outcomes;
}

/** What a node can read of the run. Nodes that were skipped, or that it does not name, are null. */
export async function valuesFor(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  graph: Graph,
  node: GraphNode,
): Promise<NodeValues> {
  const read = [...nodesRead(graph, node)];
  const rows =
    read.length === 0
      ? []
      : await tx
          .select({
            nodeId: executionSteps.nodeId,
            status: executionSteps.status,
            branch: executionSteps.branch,
            output: executionSteps.output,
          })
          .from(executionSteps)
          .where(
            and(
              stepsOf(scope, run.id),
              eq(executionSteps.iteration, 0),
              inArray(executionSteps.nodeId, read),
            ),
          );
  const nothing = [...ancestorsOf(graph, node.id)].map((nodeId) => [nodeId, null] as const);
  const outputs: Record<string, unknown> = {
    ...Object.fromEntries(nothing),
    ...Object.fromEntries(rows.map((row) => [row.nodeId, row.output ?? null])),
  };
  const live = liveEdgesInto(graph, node.id, toOutcomes(rows));
  const runInput = asRecord(run.inputData);
  return {
    nodeName: node.name,
    runInput,
    scope: buildScope(runInput, outputs),
    liveSources: live.map(({ source }) => ({ nodeId: source, output: outputs[source] ?? null })),
  };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
