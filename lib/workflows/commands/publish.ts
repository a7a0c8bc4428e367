import "server-only";
import { sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { workflows } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { PublishWorkflowInput, RestoreVersionInput } from "../input";
import { versionGraph } from "../queries";
import {
  auditableGraph,
  checkInTenant,
  graphRefused,
  lockWorkflow,
  readGraph,
  staleRevision,
  workflowIs,
} from "../store";
import { freezeVersion } from "../version";

export type WorkflowPublished = { id: string; versionId: string; version: number };

/**
 * Freezes the saved draft as a version that never changes and makes it the one that runs. Publishing the same graph
 * twice gives the same version.
 * @throws AppError `invalid` with every problem, by node; `conflict`, reason `stale_revision`; `not_found`
 */
export async function publishWorkflow(
  scope: TenantScope,
  input: PublishWorkflowInput,
): Promise<WorkflowPublished> {
  authorize(scope, "workflow.publish");
  return asTenant(scope, async (tx) => {
    const workflow = await lockWorkflow(tx, scope, input.workflowId);
    if (workflow.revision !== input.revision) throw staleRevision(workflow.revision);
    const graph = readGraph(workflow.dagStructure);
    const issues = await checkInTenant(tx, scope, workflow, graph);
    if (issues.length > 0) throw graphRefused(issues, "published");
    const frozen = await freezeVersion(tx, scope, workflow.id, graph, input.note);
    if (frozen.id !== workflow.publishedVersionId) {
      await tx
        .update(workflows)
        .set({ publishedVersionId: frozen.id, updatedAt: sql`now()` })
        .where(workflowIs(scope, workflow.id));
      await audit(tx, scope, {
        action: "workflow.publish",
        targetType: "workflow",
        targetId: workflow.id,
        before: { publishedVersionId: workflow.publishedVersionId },
        after: { publishedVersionId: frozen.id, version: frozen.version, ...auditableGraph(graph) },
      });
    }
    return { id: workflow.id, versionId: frozen.id, version: frozen.version };
  });
}

export type VersionRestored = { id: string; revision: number };

/**
 * Makes the graph of a version the draft again, which is kept nowhere; what runs changes with the next publish.
 * @throws AppError `not_found`; `conflict`, reason `stale_revision`, when the draft is another than was seen
 */
export async function restoreVersion(
  scope: TenantScope,
  input: RestoreVersionInput,
): Promise<VersionRestored> {
  authorize(scope, "workflow.update");
  return asTenant(scope, async (tx) => {
    const workflow = await lockWorkflow(tx, scope, input.workflowId);
    const graph = await versionGraph(tx, scope, input.workflowId, input.versionId);
    if (workflow.revision !== input.revision) throw newerDraft();
    const revision = workflow.revision + 1;
    await tx
      .update(workflows)
      .set({ dagStructure: graph, revision, updatedAt: sql`now()` })
      .where(workflowIs(scope, workflow.id));
    await audit(tx, scope, {
      action: "workflow.restore",
      targetType: "workflow",
      targetId: workflow.id,
      after: { versionId: input.versionId, revision, ...auditableGraph(graph) },
    });
    return { id: workflow.id, revision };
  });
}

function newerDraft(): AppError {
  const message =
    "The draft was changed since you opened this page, and would be lost. Reload the page and look at what changed.";
  return new AppError("conflict", message, { reason: "stale_revision" });
}
