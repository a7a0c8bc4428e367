import "server-only";
import { and, desc, eq, inArray, ne, notInArray, type SQL, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { levelOf, topologicalOrder } from "@/lib/workflows/graph";
import { readGraph } from "@/lib/workflows/store";
import { NESTING_KINDS } from "./cost";
import { loadFigures, type RunFigures } from "./figures";
import { WINDOW_ROWS } from "./input";
import { type Ancestor, ancestorsOfRun, type Lineage, loadLineage } from "./lineage";
import type { RunSummary } from "./run-columns";
import { findRunRow } from "./run-queries";
import { loadStepWindow, type StepWindow } from "./step-windows";
import { stepsOf } from "./store";

export type PlannedNode = { id: string; name: string; kind: string };

/** A step that a trace opens with, and what has to be unfolded to see it. */
export type Selection = {
  executionId: string;
  stepId: string;
  nodeId: string;
  /** Its place among the steps of its run. */
  index: number;
  /** From the run that is open down to the step's own run: a step, the part of the run below it, and that part's place. */
  path: { stepId: string; stepIndex: number; executionId: string; index: number }[];
};

/** The opening of a run's page: figures, and the first window of steps. What it costs does not grow with the steps read. */
export type RunTrace = Omit<RunSummary, "costMicros"> &
  RunFigures & {
    versionNumber: number | null;
    apiKeyName: string | null;
    input: unknown;
    result: unknown;
    deadlineAt: Date | null;
    /** The nodes of its graph that have no step yet, in an order in which they can run. */
    planned: PlannedNode[];
    windows: StepWindow[];
    selection: Selection | null;
    /** What to resume a live view from. */
    revision: number;
    /** The runs around it, from the one that was started down to its parent. */
    ancestors: Ancestor[];
    lineage: Lineage;
    /** Which item or round it is, when it is one. */
    itemIndex: number | null;
  };

/** What the address asks for: a step by its id, or the step of a node. */
export type Wanted = { step?: string | undefined; node?: string | undefined };

/** A run as its page opens with it, or null when there is no such run. */
export async function findTrace(
  scope: TenantScope,
  executionId: string,
  wanted: Wanted = {},
): Promise<RunTrace | null> {
  authorize(scope, "run.read");
  if (!isId(executionId)) return null;
  return asTenant(scope, async (tx) => {
    const row = await findRunRow(tx, scope, executionId);
    if (!row) return null;
    const { graph, place, lineage, ...run } = row;
    const { onlyNodes, ...origin } = lineage;
    const figures = await loadFigures(tx, scope, { id: executionId, ...place });
    const selection = await findSelection(tx, scope, run, wanted);
    const indexes = [0, selection?.path[0]?.stepIndex ?? selection?.index ?? 0];
    const offsets = new Set(indexes.map((index) => index - (index % WINDOW_ROWS)));
    const windows: StepWindow[] = [];
    for (const offset of offsets) windows.push(await loadStepWindow(tx, scope, executionId, offset));
    return {
      ...run,
      ...figures,
      planned:
        graph && !origin.isTakenOver
          ? await plannedNodes(tx, scope, executionId, graph, place.bodyNodeId)
          : [],
      windows,
      selection,
      revision: await newestRevision(tx, scope, executionId),
      ancestors: await ancestorsOfRun(tx, scope, executionId),
      lineage: await loadLineage(tx, scope, executionId, { ...origin, only: namesOf(graph, onlyNodes) }),
      itemIndex: place.bodyNodeId === null ? null : place.itemIndex,
    };
  });
}

/** The names of nodes of a graph, in an order in which they can run; null for all of them. */
function namesOf(stored: unknown, nodeIds: readonly string[] | null): string[] | null {
  if (!nodeIds) return null;
  const graph = levelOf(readGraph(stored), null);
  const names = new Map(graph.nodes.map((node) => [node.id, node.name]));
  return topologicalOrder(graph)
    .order.filter((nodeId) => nodeIds.includes(nodeId))
    .map((nodeId) => names.get(nodeId) ?? nodeId);
}

async function plannedNodes(
  tx: Tx,
  scope: TenantScope,
  executionId: string,
  stored: unknown,
  bodyNodeId: string | null,
): Promise<PlannedNode[]> {
  const graph = levelOf(readGraph(stored), bodyNodeId);
  const nodes = graph.nodes.filter((node) => node.kind !== "note");
  if (nodes.length === 0) return [];
  const reached = await tx
    .selectDistinct({ nodeId: executionSteps.nodeId })
    .from(executionSteps)
    .where(
      and(
        stepsOf(scope, executionId),
        eq(executionSteps.iteration, 0),
        inArray(
          executionSteps.nodeId,
          nodes.map((node) => node.id),
        ),
      ),
    );
  const known = new Set(reached.map((row) => row.nodeId));
  const places = new Map(topologicalOrder(graph).order.map((nodeId, index) => [nodeId, index]));
  return nodes
    .filter((node) => !known.has(node.id))
    .map(({ id, name, kind }) => ({ id, name, kind }))
    .sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}

async function newestRevision(tx: Tx, scope: TenantScope, executionId: string): Promise<number> {
  const [row] = await tx
    .select({ revision: executionSteps.revision })
    .from(executionSteps)
    .where(stepsOf(scope, executionId))
    .orderBy(desc(executionSteps.revision))
    .limit(1);
  return row?.revision ?? 0;
}

/**
 * The step that was asked for, else the one that failed, else what the run waits for or was stopped at, else the newest
 * that gave something, else the newest.
 */
async function findSelection(
  tx: Tx,
  scope: TenantScope,
  run: { id: string; errorNodeId: string | null },
  { step, node }: Wanted,
): Promise<Selection | null> {
  const nodeId = node ?? run.errorNodeId;
  const inRun = stepsOf(scope, run.id);
  const waits = and(
    inRun,
    eq(executionSteps.status, "waiting"),
    notInArray(executionSteps.kind, [...NESTING_KINDS]),
  );
  const stopped = and(inRun, eq(executionSteps.status, "cancelled"));
  const gave = and(inRun, eq(executionSteps.status, "completed"), ne(executionSteps.kind, "input"));
  const choices: (SQL | undefined)[] = [];
  if (isId(step)) choices.push(and(eq(executionSteps.tenantId, scope.tenantId), eq(executionSteps.id, step)));
  if (nodeId) choices.push(and(inRun, eq(executionSteps.nodeId, nodeId)));
  choices.push(waits, stopped, gave, inRun);
  for (const choice of choices) {
    const found = await newestStep(tx, choice);
    const path = found && (await pathTo(tx, scope, run.id, found.executionId));
    if (found && path)
      return { ...found, path, index: await placeOf(tx, scope, found.executionId, found.stepId) };
  }
  return null;
}

async function newestStep(tx: Tx, which: SQL | undefined) {
  const [row] = await tx
    .select({
      executionId: executionSteps.executionId,
      stepId: executionSteps.id,
      nodeId: executionSteps.nodeId,
    })
    .from(executionSteps)
    .where(and(which, sql`${executionSteps.startedAt} is not null`))
    .orderBy(desc(executionSteps.startedAt), desc(executionSteps.id))
    .limit(1);
  return row ?? null;
}

/** How many steps of its run come before a step in the order of the windows. */
async function placeOf(tx: Tx, scope: TenantScope, executionId: string, stepId: string): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(executionSteps)
    .where(
      and(
        stepsOf(scope, executionId),
        sql`(${executionSteps.startedAt}, ${executionSteps.id}) < (select s.started_at, s.id from execution_steps s where s.tenant_id = ${scope.tenantId} and s.id = ${stepId})`,
      ),
    );
  return row?.count ?? 0;
}

/** What is unfolded between two runs; null when the lower one is no part of the upper one. */
async function pathTo(
  tx: Tx,
  scope: TenantScope,
  topId: string,
  executionId: string,
): Promise<Selection["path"] | null> {
  if (executionId === topId) return [];
  const chain = [...(await ancestorsOfRun(tx, scope, executionId))];
  const start = chain.findIndex((ancestor) => ancestor.executionId === topId);
  if (start < 0) return null;
  const path: Selection["path"] = [];
  for (const [index, ancestor] of chain.slice(start).entries()) {
    const below = chain[start + index + 1]?.executionId ?? executionId;
    path.push({
      stepId: ancestor.stepId,
      stepIndex: await placeOf(tx, scope, ancestor.executionId, ancestor.stepId),
      executionId: below,
      index: await placeOfPart(tx, scope, ancestor.stepId, below),
    });
  }
  return path;
}

async function placeOfPart(tx: Tx, scope: TenantScope, stepId: string, executionId: string): Promise<number> {
  const [row] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(executions)
    .where(
      and(
        eq(executions.tenantId, scope.tenantId),
        eq(executions.parentStepId, stepId),
        sql`(coalesce(${executions.itemIndex}, 0), ${executions.id}) < (select coalesce(e.item_index, 0), e.id from executions e where e.tenant_id = ${scope.tenantId} and e.id = ${executionId})`,
      ),
    );
  return row?.count ?? 0;
}
