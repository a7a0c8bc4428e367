import "server-only";
import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { executionSteps, workflows, workflowVersions } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { documents } from "@/db/schema/knowledge";
import { auditLog } from "@/db/schema/system";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { type CallableWorkflow, type CalledVersion, calledInputs, calledOutputs } from "./called";
import { MOST_DOCUMENTS, MOST_PEOPLE, MOST_VERSIONS, MOST_WORKFLOWS } from "./choices";
import type { Graph } from "./graph";
import type { CalledVersionInput, RunStepInput, WorkflowIdInput } from "./input";
import { getWorkflow } from "./queries";
import { DRAFT_RUN_NOTE } from "./version";

/** The draft of somebody else's save: what it is, and who made it when. */
export type NewerDraft = {
  readonly graph: Graph;
  readonly revision: number;
  readonly savedAt: Date;
  /** Null when it was a program, or somebody who is not of this workspace. */
  readonly savedByName: string | null;
};

/** The draft as it is now, for somebody whose own is older. @throws AppError `not_found` */
export async function loadDraft(scope: TenantScope, { workflowId }: WorkflowIdInput): Promise<NewerDraft> {
  authorize(scope, "workflow.read");
  const { graph, revision, updatedAt } = await getWorkflow(scope, workflowId);
  const [saved] = await asTenant(scope, (tx) =>
    tx
      .select({ name: users.fullName })
      .from(auditLog)
      .leftJoin(
        users,
        and(eq(users.tenantId, auditLog.tenantId), eq(sql`${users.id}::text`, auditLog.actorId)),
      )
      .where(
        and(
          eq(auditLog.tenantId, scope.tenantId),
          inArray(auditLog.action, ["workflow.save", "workflow.restore", "workflow.create"]),
          eq(auditLog.targetId, workflowId),
        ),
      )
      .orderBy(desc(auditLog.id))
      .limit(1),
  );
  return { graph, revision, savedAt: updatedAt, savedByName: saved?.name ?? null };
}

/** Every document a retrieve node can be narrowed to, by name: at most `MOST_DOCUMENTS`. */
export async function listDocumentChoices(scope: TenantScope): Promise<{ id: string; filename: string }[]> {
  authorize(scope, "knowledge.read");
  return asTenant(scope, (tx) =>
    tx
      .select({ id: documents.id, filename: documents.filename })
      .from(documents)
      .where(eq(documents.tenantId, scope.tenantId))
      .orderBy(asc(documents.filename), asc(documents.id))
      .limit(MOST_DOCUMENTS),
  );
}

/** What a version takes and gives, out of its graph. */
const FIELDS = {
  inputs: sql<unknown>`jsonb_path_query_first(${workflowVersions.dagStructure}, '$.nodes[*] ? (@.kind == "input").config.fields')`,
  outputs: sql<unknown>`jsonb_path_query_array(${workflowVersions.dagStructure}, '$.nodes[*] ? (@.kind == "output").config.fields[*].key')`,
};

/** What a version that is called takes and gives, which may be another than the published one; null when it is gone. */
export async function findCalledVersion(
  scope: TenantScope,
  { workflowId, versionId }: CalledVersionInput,
): Promise<CalledVersion | null> {
  authorize(scope, "workflow.read");
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select(FIELDS)
      .from(workflowVersions)
      .where(
        and(
          eq(workflowVersions.tenantId, scope.tenantId),
          eq(workflowVersions.workflowId, workflowId),
          eq(workflowVersions.id, versionId),
        ),
      ),
  );
  return row ? { inputs: calledInputs(row.inputs), outputs: calledOutputs(row.outputs) } : null;
}

/** Published workflows that a workflow can call, by name, with their newest versions: at most `MOST_WORKFLOWS`. */
export async function listCallableWorkflows(
  scope: TenantScope,
  calledFrom: string,
): Promise<CallableWorkflow[]> {
  authorize(scope, "workflow.read");
  const versions = sql<{ id: string; version: number }[]>`(
    select coalesce(jsonb_agg(jsonb_build_object('id', x.id, 'version', x.version) order by x.version desc), '[]')
    from (
      select p.id, p.version from workflow_versions p
      where p.tenant_id = ${workflows.tenantId} and p.workflow_id = ${workflows.id}
        and p.note is distinct from ${DRAFT_RUN_NOTE}
      order by p.version desc limit ${MOST_VERSIONS}
    ) x)`;
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({
        id: workflows.id,
        name: workflows.name,
        isActive: sql<boolean>`${workflows.isActive} is not false`,
        publishedVersion: workflowVersions.version,
        versions,
        ...FIELDS,
      })
      .from(workflows)
      .innerJoin(
        workflowVersions,
        and(
          eq(workflowVersions.tenantId, workflows.tenantId),
          eq(workflowVersions.id, workflows.publishedVersionId),
        ),
      )
      .where(and(eq(workflows.tenantId, scope.tenantId), sql`${workflows.id} <> ${calledFrom}`))
      .orderBy(asc(workflows.name), asc(workflows.id))
      .limit(MOST_WORKFLOWS),
  );
  return rows.map(({ inputs, outputs, ...row }) => ({
    ...row,
    inputs: calledInputs(inputs),
    outputs: calledOutputs(outputs),
  }));
}

/** Everybody who can be asked, by name: at most `MOST_PEOPLE`. */
export async function listPeopleChoices(
  scope: TenantScope,
): Promise<{ id: string; fullName: string; isActive: boolean }[]> {
  authorize(scope, "workflow.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({ id: users.id, fullName: users.fullName, isActive: users.isActive })
      .from(users)
      .where(eq(users.tenantId, scope.tenantId))
      .orderBy(asc(users.fullName), asc(users.id))
      .limit(MOST_PEOPLE),
  );
  return rows.map((row) => ({ ...row, isActive: row.isActive ?? false }));
}

export type RunStepDto = {
  status: string;
  attempt: number;
  input: unknown;
  output: unknown;
  errorMessage: string | null;
};

/** What a node was given and gave back in a run, in its newest iteration; null before it started. */
export async function findRunStep(
  scope: TenantScope,
  { executionId, nodeId }: RunStepInput,
): Promise<RunStepDto | null> {
  authorize(scope, "run.read");
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({
        status: executionSteps.status,
        attempt: executionSteps.attempt,
        input: executionSteps.input,
        output: executionSteps.output,
        errorMessage: executionSteps.errorMessage,
      })
      .from(executionSteps)
      .where(
        and(
          eq(executionSteps.tenantId, scope.tenantId),
          eq(executionSteps.executionId, executionId),
          eq(executionSteps.nodeId, nodeId),
        ),
      )
      .orderBy(desc(executionSteps.iteration))
      .limit(1),
  );
  return row ?? null;
}
