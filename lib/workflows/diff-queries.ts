import "server-only";
import { and, eq } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { diffGraphs, type GraphDiff } from "./diff";
import { namesInGraphs } from "./diff-names";
import type { Graph } from "./graph";
import type { VersionDiffInput } from "./input";
import { readGraph, workflowIs, workflowNotFound } from "./store";

/** One side of a comparison. The draft has no number. */
export type ComparedVersion = { readonly id: string; readonly version: number | null };

export type VersionDiffDto = {
  readonly from: ComparedVersion;
  readonly to: ComparedVersion;
  readonly diff: GraphDiff;
};

/** What changed between two versions of a workflow, or a version and the draft. @throws AppError `not_found` */
export async function getVersionDiff(
  scope: TenantScope,
  { workflowId, from, to }: VersionDiffInput,
): Promise<VersionDiffDto> {
  authorize(scope, "workflow.read");
  return asTenant(scope, async (tx) => {
    const before = await sideOf(tx, scope, workflowId, from);
    const after = await sideOf(tx, scope, workflowId, to);
    const names = await namesInGraphs(tx, scope, [before.graph, after.graph]);
    const { graph: old, ...fromVersion } = before;
    const { graph: now, ...toVersion } = after;
    return { from: fromVersion, to: toVersion, diff: diffGraphs(old, now, names) };
  });
}

type Side = ComparedVersion & { readonly graph: Graph };

async function sideOf(tx: Tx, scope: TenantScope, workflowId: string, which: string): Promise<Side> {
  if (which === "draft") {
    const [row] = await tx
      .select({ graph: workflows.dagStructure })
      .from(workflows)
      .where(workflowIs(scope, workflowId));
    if (!row) throw workflowNotFound();
    return { id: "draft", version: null, graph: readGraph(row.graph) };
  }
  const published = tx
    .select({ id: workflows.publishedVersionId })
    .from(workflows)
    .where(workflowIs(scope, workflowId));
  const [row] = await tx
    .select({
      id: workflowVersions.id,
      version: workflowVersions.version,
      graph: workflowVersions.dagStructure,
    })
    .from(workflowVersions)
    .where(
      and(
        eq(workflowVersions.tenantId, scope.tenantId),
        eq(workflowVersions.workflowId, workflowId),
        eq(workflowVersions.id, which === "published" ? published : which),
      ),
    );
  if (!row) throw new AppError("not_found", "This version does not exist.");
  return { id: row.id, version: row.version, graph: readGraph(row.graph) };
}
