import "server-only";
import { and, desc, eq, exists, ilike, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { executions, workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { mapPage, type Page, toPage } from "@/lib/paging";
import type { Graph } from "./graph";
import { type ListWorkflowsInput, listWorkflowsInput } from "./input";
import { readGraph, sameAsPublished, workflowIs, workflowNotFound } from "./store";

export type WorkflowSummary = {
  id: string;
  name: string;
  description: string;
  isActive: boolean;
  /** Number of the published version; null while it is only a draft. */
  publishedVersion: number | null;
  hasUnpublishedChanges: boolean;
  lastRun: { id: string; status: string; createdAt: Date } | null;
  updatedAt: Date;
};

export type WorkflowDto = {
  id: string;
  name: string;
  description: string;
  isActive: boolean;
  graph: Graph;
  /** Optimistic lock: sent back with the next save. */
  revision: number;
  publishedVersionId: string | null;
  publishedVersion: number | null;
  hasUnpublishedChanges: boolean;
  hasRuns: boolean;
  updatedAt: Date;
};

const COLUMNS = {
  id: workflows.id,
  name: workflows.name,
  description: workflows.description,
  isActive: workflows.isActive,
  publishedVersion: workflowVersions.version,
  sameAsPublished,
  updatedAt: workflows.updatedAt,
} as const;

function publishedOf() {
  return and(
    eq(workflowVersions.tenantId, workflows.tenantId),
    eq(workflowVersions.id, workflows.publishedVersionId),
  );
}

/** Workflows, newest first, a page at a time, each with its last run. */
export async function listWorkflows(
  scope: TenantScope,
  input: ListWorkflowsInput = {},
): Promise<Page<WorkflowSummary>> {
  authorize(scope, "workflow.read");
  const { q, status, cursor, limit } = listWorkflowsInput.parse(input);
  return asTenant(scope, async (tx) => {
    const rows = await tx
      .select(COLUMNS)
      .from(workflows)
      .leftJoin(workflowVersions, publishedOf())
      .where(
        and(
          eq(workflows.tenantId, scope.tenantId),
          q ? ilike(workflows.name, containing(q)) : undefined,
          status === "draft" ? isNull(workflows.publishedVersionId) : undefined,
          status === "active"
            ? and(isNotNull(workflows.publishedVersionId), eq(workflows.isActive, true))
            : undefined,
          status === "inactive" ? eq(workflows.isActive, false) : undefined,
          cursor ? lt(workflows.id, cursor) : undefined,
        ),
      )
      .orderBy(desc(workflows.id))
      .limit(limit + 1);
    const page = toPage(rows, limit);
    const runs = await lastRuns(
      tx,
      scope,
      page.items.map((row) => row.id),
    );
    return mapPage(page, (row) => ({
      id: row.id,
      name: row.name,
      description: row.description ?? "",
      isActive: row.isActive ?? true,
      publishedVersion: row.publishedVersion,
      hasUnpublishedChanges: row.sameAsPublished !== true,
      lastRun: runs.get(row.id) ?? null,
      updatedAt: row.updatedAt,
    }));
  });
}

type LastRun = NonNullable<WorkflowSummary["lastRun"]>;

/**
 * The runs in which they last ran: an item of a map or a called workflow is a part of one. Two index probes a workflow,
 * whatever the number of runs.
 */
async function lastRuns(tx: Tx, scope: TenantScope, ids: readonly string[]): Promise<Map<string, LastRun>> {
  const found = new Map<string, LastRun>();
  if (ids.length === 0) return found;
  const wanted = sql.join(
    ids.map((id) => sql`(${id}::uuid)`),
    sql`, `,
  );
  const { rows } = await tx.execute<{
    workflow_id: string;
    id: string;
    status: string;
    created_at: string;
  }>(sql`
    select w.id as workflow_id, e.id, e.status, e.created_at
    from (values ${wanted}) as w(id)
    cross join lateral (
      select coalesce(x.root_execution_id, x.id) as id from executions x
      where x.tenant_id = ${scope.tenantId} and x.workflow_id = w.id order by x.id desc limit 1
    ) l
    join executions e on e.tenant_id = ${scope.tenantId} and e.id = l.id`);
  for (const row of rows) {
    found.set(row.workflow_id, { id: row.id, status: row.status, createdAt: new Date(row.created_at) });
  }
  return found;
}

/** Workflows that can be run from a list, by name. At most 500. */
export async function listWorkflowChoices(scope: TenantScope): Promise<{ id: string; name: string }[]> {
  authorize(scope, "workflow.read");
  return asTenant(scope, (tx) =>
    tx
      .select({ id: workflows.id, name: workflows.name })
      .from(workflows)
      .where(eq(workflows.tenantId, scope.tenantId))
      .orderBy(workflows.name)
      .limit(500),
  );
}

/** One workflow with its draft. @throws AppError `not_found` */
export async function getWorkflow(scope: TenantScope, workflowId: string): Promise<WorkflowDto> {
  authorize(scope, "workflow.read");
  if (!isId(workflowId)) throw workflowNotFound();
  return asTenant(scope, async (tx) => {
    const hasRuns = exists(
      tx
        .select({ id: executions.id })
        .from(executions)
        .where(and(eq(executions.tenantId, workflows.tenantId), eq(executions.workflowId, workflows.id))),
    );
    const [row] = await tx
      .select({
        ...COLUMNS,
        graph: workflows.dagStructure,
        revision: workflows.revision,
        publishedVersionId: workflows.publishedVersionId,
        hasRuns: sql<boolean>`${hasRuns}`,
      })
      .from(workflows)
      .leftJoin(workflowVersions, publishedOf())
      .where(workflowIs(scope, workflowId))
      .limit(1);
    if (!row) throw workflowNotFound();
    const { sameAsPublished: same, ...rest } = row;
    return {
      ...rest,
      description: row.description ?? "",
      isActive: row.isActive ?? true,
      graph: readGraph(row.graph),
      hasUnpublishedChanges: same !== true,
    };
  });
}

/** The graph of one version of a workflow. @throws AppError `not_found` */
export async function getVersionGraph(
  scope: TenantScope,
  workflowId: string,
  versionId: string,
): Promise<Graph> {
  authorize(scope, "workflow.read");
  if (!isId(workflowId) || !isId(versionId)) throw versionNotFound();
  return asTenant(scope, (tx) => versionGraph(tx, scope, workflowId, versionId));
}

/** The same inside an open transaction. */
export async function versionGraph(
  tx: Tx,
  scope: TenantScope,
  workflowId: string,
  versionId: string,
): Promise<Graph> {
  const [row] = await tx
    .select({ graph: workflowVersions.dagStructure })
    .from(workflowVersions)
    .where(
      and(
        eq(workflowVersions.tenantId, scope.tenantId),
        eq(workflowVersions.workflowId, workflowId),
        eq(workflowVersions.id, versionId),
      ),
    )
    .limit(1);
  if (!row) throw versionNotFound();
  return readGraph(row.graph);
}

function versionNotFound(): AppError {
  return new AppError("not_found", "This version does not exist.");
}
