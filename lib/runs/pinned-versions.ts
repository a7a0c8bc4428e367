import { and, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import type { Graph } from "@/lib/workflows/graph";
import { textOf } from "@/lib/workflows/kind";
import { MAX_WORKFLOW_DEPTH } from "@/lib/workflows/kinds/workflow";
import { readGraph } from "@/lib/workflows/store";
import type { RunFacts } from "./store";

/** The workflows a graph calls whose published version it takes; a fixed version needs no pin. */
function calledIn(graph: Graph): string[] {
  return graph.nodes
    .filter((node) => node.kind === "workflow" && textOf(node.config, "versionId") === "")
    .map((node) => textOf(node.config, "workflowId"));
}

/**
 * The published version of every workflow that a run of this graph may call, directly or through others, as they are
 * now: what the run keeps to, whatever is published meanwhile. Null when it calls none.
 */
export async function pinnedVersionsFor(
  tx: Tx,
  scope: TenantScope,
  graph: Graph,
): Promise<Record<string, string> | null> {
  const pinned: Record<string, string> = {};
  let wanted = [...new Set(calledIn(graph))];
  for (let depth = 0; wanted.length > 0 && depth < MAX_WORKFLOW_DEPTH; depth += 1) {
    const rows = await tx
      .select({ id: workflows.id, versionId: workflowVersions.id, graph: workflowVersions.dagStructure })
      .from(workflows)
      .innerJoin(
        workflowVersions,
        and(
          eq(workflowVersions.tenantId, workflows.tenantId),
          eq(workflowVersions.id, workflows.publishedVersionId),
        ),
      )
      .where(and(eq(workflows.tenantId, scope.tenantId), inArray(workflows.id, wanted)));
    for (const row of rows) pinned[row.id] = row.versionId;
    wanted = [...new Set(rows.flatMap((row) => calledIn(readGraph(row.graph))))].filter((id) => !pinned[id]);
  }
  return Object.keys(pinned).length > 0 ? pinned : null;
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
