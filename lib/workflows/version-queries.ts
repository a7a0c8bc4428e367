import "server-only";
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { mapPage, type Page, toPage } from "@/lib/paging";
import { type ListVersionsInput, listVersionsInput } from "./input";
import { workflowIs, workflowNotFound } from "./store";

export type WorkflowVersionSummary = {
  id: string;
  version: number;
  note: string;
  createdAt: Date;
  createdByName: string | null;
  isPublished: boolean;
  nodeCount: number;
};

/** The versions of a workflow, newest first, a page at a time. @throws AppError `not_found` */
export async function listVersions(
  scope: TenantScope,
  input: ListVersionsInput,
): Promise<Page<WorkflowVersionSummary>> {
  authorize(scope, "workflow.read");
  const { workflowId, cursor, limit } = listVersionsInput.parse(input);
  return asTenant(scope, async (tx) => {
    const [workflow] = await tx
      .select({ publishedVersionId: workflows.publishedVersionId })
      .from(workflows)
      .where(workflowIs(scope, workflowId))
      .limit(1);
    if (!workflow) throw workflowNotFound();
    const ofWorkflow = and(
      eq(workflowVersions.tenantId, scope.tenantId),
      eq(workflowVersions.workflowId, workflowId),
    );
    const last = (id: string) =>
      tx
        .select({ version: workflowVersions.version })
        .from(workflowVersions)
        .where(and(ofWorkflow, eq(workflowVersions.id, id)));
    const rows = await tx
      .select({
        id: workflowVersions.id,
        version: workflowVersions.version,
        note: workflowVersions.note,
        createdAt: workflowVersions.createdAt,
        createdByName: users.fullName,
        nodeCount: sql<number>`jsonb_array_length(${workflowVersions.dagStructure}->'nodes')`.mapWith(Number),
      })
      .from(workflowVersions)
      .leftJoin(
        users,
        and(eq(users.tenantId, workflowVersions.tenantId), eq(users.id, workflowVersions.createdBy)),
      )
      .where(and(ofWorkflow, cursor ? lt(workflowVersions.version, last(cursor)) : undefined))
      .orderBy(desc(workflowVersions.version))
      .limit(limit + 1);
    return mapPage(toPage(rows, limit), (row) => ({
      ...row,
      note: row.note ?? "",
      isPublished: row.id === workflow.publishedVersionId,
    }));
  });
}
