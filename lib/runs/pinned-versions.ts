import { and, eq, inArray, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { Graph } from "@/lib/workflows/graph";
import { textOf } from "@/lib/workflows/kind";
import { MAX_WORKFLOW_DEPTH } from "@/lib/workflows/kinds/workflow";
import { readGraph } from "@/lib/workflows/store";
import type { RunFacts } from "./store";

/** What the nodes of graphs call: workflows of which they take the published version, and fixed versions. */
function calledIn(graphs: readonly Graph[]) {
  const calls = graphs
    .flatMap(({ nodes }) => nodes.filter(({ kind }) => kind === "workflow"))
    .map(({ config }) => ({ id: textOf(config, "workflowId"), versionId: textOf(config, "versionId") }));
  return {
    published: new Set(calls.filter(({ versionId }) => versionId === "").map(({ id }) => id)),
    fixed: new Set(calls.map(({ versionId }) => versionId).filter((versionId) => versionId !== "")),
  };
}

/**
 * The published version of every workflow that a run of this graph may call, directly or through others, as they are
 * now: what the run keeps to, whatever is published meanwhile. A fixed version needs no pin, but what it calls does. Null
 * when there is nothing to pin.
 */
export async function pinnedVersionsFor(
  tx: Tx,
  scope: TenantScope,
  graph: Graph,
): Promise<Record<string, string> | null> {
  const { pinned } = await calledNow(tx, scope, graph);
  return Object.keys(pinned).length > 0 ? pinned : null;
}

/** What a run of this graph would call now: the version of each workflow that is not fixed, and the graph of every version. */
export async function calledNow(tx: Tx, scope: TenantScope, graph: Graph) {
  const pinned: Record<string, string> = {};
  const called = new Map<string, Graph>();
  let graphs = [graph];
  for (let depth = 0; graphs.length > 0 && depth < MAX_WORKFLOW_DEPTH; depth += 1) {
    const { published, fixed } = calledIn(graphs);
    const missing = [...published].filter((id) => !pinned[id]);
    const wanted = [...fixed].filter((versionId) => !called.has(versionId));
    if (missing.length + wanted.length === 0) break;
    const isPublished = eq(workflowVersions.id, workflows.publishedVersionId);
    const rows = await tx
      .select({
        id: workflows.id,
        versionId: workflowVersions.id,
        isPublished: sql<boolean>`coalesce(${isPublished}, false)`,
        graph: workflowVersions.dagStructure,
      })
      .from(workflows)
      .innerJoin(
        workflowVersions,
        and(
          eq(workflowVersions.tenantId, workflows.tenantId),
          eq(workflowVersions.workflowId, workflows.id),
          or(and(isPublished, inArray(workflows.id, missing)), inArray(workflowVersions.id, wanted)),
        ),
      )
      .where(eq(workflows.tenantId, scope.tenantId));
    for (const row of rows) if (row.isPublished && published.has(row.id)) pinned[row.id] = row.versionId;
    graphs = [];
    for (const row of rows) {
      if (called.has(row.versionId)) continue;
      const next = readGraph(row.graph);
      called.set(row.versionId, next);
      graphs.push(next);
    }
  }
  return { pinned, called };
}

export type CalledWorkflow = {
  readonly ids: { readonly workflowId: string; readonly workflowVersionId: string };
  readonly name: string;
  readonly version: number;
  readonly graph: Graph;
};

/**
 * The version of a workflow that a node of a run calls: the fixed one, else the one pinned at the run's start.
 * @throws AppError `precondition`, reasons `workflow_missing` and `workflow_inactive`
 */
export async function calledVersion(
  tx: Tx,
  scope: TenantScope,
  run: Pick<RunFacts, "pinnedVersions">,
  { workflowId, versionId }: { workflowId: string; versionId: string },
): Promise<CalledWorkflow> {
  const wanted = versionId || run.pinnedVersions?.[workflowId];
  const [row] = wanted
    ? await tx
        .select({
          name: workflows.name,
          isActive: workflows.isActive,
          version: workflowVersions.version,
          graph: workflowVersions.dagStructure,
        })
        .from(workflowVersions)
        .innerJoin(
          workflows,
          and(
            eq(workflows.tenantId, workflowVersions.tenantId),
            eq(workflows.id, workflowVersions.workflowId),
          ),
        )
        .where(
          and(
            eq(workflowVersions.tenantId, scope.tenantId),
            eq(workflowVersions.workflowId, workflowId),
            eq(workflowVersions.id, wanted),
          ),
        )
    : [];
  if (!row || !wanted) {
    const message = "The workflow it runs does not exist any more, or has not been published.";
    throw new AppError("precondition", message, { reason: "workflow_missing" });
  }
  if (row.isActive === false) {
    throw new AppError("precondition", `The workflow ${row.name} is inactive. Activate it to run it.`, {
      reason: "workflow_inactive",
    });
  }
  const { name, version } = row;
  return { ids: { workflowId, workflowVersionId: wanted }, name, version, graph: readGraph(row.graph) };
}
