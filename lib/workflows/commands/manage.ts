import "server-only";
import { and, eq, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executions, workflows, workflowVersions } from "@/db/schema/ai";
import { workflowTriggers } from "@/db/schema/triggers";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { nameGuarded } from "@/lib/unique-name";
import { isCalledFrom, workflowsHolding } from "../holding";
import type { RenameWorkflowInput, SetWorkflowActiveInput, WorkflowIdInput } from "../input";
import { lockWorkflow, workflowIs } from "../store";

/** Changes name and description. @throws AppError `conflict` on a taken name; `not_found` */
export async function renameWorkflow(
  scope: TenantScope,
  input: RenameWorkflowInput,
): Promise<{ id: string }> {
  authorize(scope, "workflow.update");
  return nameGuarded("workflows_tenant_name_unique", "workflow", () =>
    asTenant(scope, async (tx) => {
      const before = await lockWorkflow(tx, scope, input.workflowId);
      const { name, description } = input;
      await tx
        .update(workflows)
        .set({ name, description, updatedAt: sql`now()` })
        .where(workflowIs(scope, before.id));
      await audit(tx, scope, {
        action: "workflow.rename",
        targetType: "workflow",
        targetId: before.id,
        before: { name: before.name, description: before.description },
        after: { name, description },
      });
      return { id: before.id };
    }),
  );
}

/** Activates or deactivates. An inactive workflow cannot be started; runs under way end. Doing it twice changes nothing. */
export async function setWorkflowActive(
  scope: TenantScope,
  { workflowId, isActive }: SetWorkflowActiveInput,
): Promise<{ id: string; isActive: boolean }> {
  authorize(scope, "workflow.update");
  return asTenant(scope, async (tx) => {
    const before = await lockWorkflow(tx, scope, workflowId);
    if ((before.isActive ?? true) !== isActive) {
      await tx
        .update(workflows)
        .set({ isActive, updatedAt: sql`now()` })
        .where(workflowIs(scope, workflowId));
      await audit(tx, scope, {
        action: isActive ? "workflow.activate" : "workflow.deactivate",
        targetType: "workflow",
        targetId: workflowId,
        before: { isActive: before.isActive ?? true },
        after: { isActive },
      });
    }
    return { id: workflowId, isActive };
  });
}

/**
 * Deletes a workflow that never ran, with its versions and what would start it. What has run is kept for its traces and
 * bills, and what others call for them. @throws AppError `precondition`, reasons `has_runs`, `is_called`; `not_found`
 */
export async function deleteWorkflow(
  scope: TenantScope,
  { workflowId }: WorkflowIdInput,
): Promise<{ id: string }> {
  authorize(scope, "workflow.delete");
  return asTenant(scope, async (tx) => {
    const before = await lockWorkflow(tx, scope, workflowId);
    if (await hasRuns(tx, scope, workflowId)) {
      throw new AppError(
        "precondition",
        "This workflow has run, so its runs and costs need it. Deactivate it instead.",
        {
          reason: "has_runs",
        },
      );
    }
    const holding = await workflowsHolding(tx, scope, { kind: "workflow", config: { workflowId } });
    const callers = holding.filter(({ id }) => id !== workflowId).map(({ name }) => name);
    if (callers.length > 0) throw isCalled(callers);
    if (await isCalledByOlder(tx, scope, workflowId)) {
      const message =
        "An older version that another workflow runs calls this workflow. Change what runs that version first, or deactivate this one.";
      throw new AppError("precondition", message, { reason: "is_called" });
    }
    if (await isToBeCalled(tx, scope, workflowId)) {
      const message = "A run under way is still to call this workflow. Delete it once that has ended.";
      throw new AppError("precondition", message, { reason: "is_called" });
    }
    const ofWorkflow = and(
      eq(workflowVersions.tenantId, scope.tenantId),
      eq(workflowVersions.workflowId, workflowId),
    );
    // The workflow points at its published version and every version at its workflow.
    await tx.update(workflows).set({ publishedVersionId: null }).where(workflowIs(scope, workflowId));
    await tx
      .delete(workflowTriggers)
      .where(and(eq(workflowTriggers.tenantId, scope.tenantId), eq(workflowTriggers.workflowId, workflowId)));
    await tx.delete(workflowVersions).where(ofWorkflow);
    await tx.delete(workflows).where(workflowIs(scope, workflowId));
    await audit(tx, scope, {
      action: "workflow.delete",
      targetType: "workflow",
      targetId: workflowId,
      before: { name: before.name },
    });
    return { id: workflowId };
  });
}

/** Whether what is published calls it through versions that are fixed, none of which may be published itself. */
function isCalledByOlder(tx: Tx, scope: TenantScope, workflowId: string): Promise<boolean> {
  const published = sql`select w.published_version_id from workflows w
    where w.tenant_id = ${scope.tenantId} and w.id <> ${workflowId} and w.published_version_id is not null`;
  return isCalledFrom(tx, scope, workflowId, published);
}

/** Whether a run that goes on keeps to a version that calls it, also to one that is not published any more. */
function isToBeCalled(tx: Tx, scope: TenantScope, workflowId: string): Promise<boolean> {
  const live = sql`from executions e where e.tenant_id = ${scope.tenantId}
    and e.status in ('pending', 'running', 'waiting')`;
  const kept = sql`select e.workflow_version_id ${live}
    union select p.value::uuid from (select e.pinned_versions as pinned ${live}) as k, jsonb_each_text(k.pinned) as p`;
  return isCalledFrom(tx, scope, workflowId, kept);
}

const MOST_CALLERS = 5;

function isCalled(callers: readonly string[]): AppError {
  const isOne = callers.length === 1;
  const named = callers.slice(0, MOST_CALLERS).map((name) => `“${name}”`);
  const more = callers.length > MOST_CALLERS ? [`${callers.length - MOST_CALLERS} more`] : [];
  const who = new Intl.ListFormat("en-GB").format([...named, ...more]);
  const advice = `Change ${isOne ? "it" : "them"} first, or deactivate this one.`;
  return new AppError(
    "precondition",
    `${who} ${isOne ? "calls" : "call"} this workflow and would stop working. ${advice}`,
    { reason: "is_called" },
  );
}

async function hasRuns(tx: Tx, scope: TenantScope, workflowId: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: executions.id })
    .from(executions)
    .where(and(eq(executions.tenantId, scope.tenantId), eq(executions.workflowId, workflowId)))
    .limit(1);
  return row !== undefined;
}
