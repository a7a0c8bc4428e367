import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";

/** A workflow whose editor shows something of a run, with the run to lay over it. */
export type EditorPlace = { readonly workflowId: string; readonly executionId: string };

/** Where the node of a step is edited: the workflow of its run, or around it of the items and rounds that it is in. */
export async function homeOf(tx: Tx, scope: TenantScope, executionId: string): Promise<EditorPlace | null> {
  const { rows } = await tx.execute<EditorPlace>(sql`
    with recursive around(id, workflow_id, body_node_id, parent_execution_id) as (
      select id, workflow_id, body_node_id, parent_execution_id from executions
      where tenant_id = ${scope.tenantId} and id = ${executionId}
      union all
      select e.id, e.workflow_id, e.body_node_id, e.parent_execution_id
      from around join executions e on e.tenant_id = ${scope.tenantId} and e.id = around.parent_execution_id
      where around.body_node_id is not null
    )
    select id as "executionId", workflow_id as "workflowId" from around
    where body_node_id is null and workflow_id is not null`);
  return rows[0] ?? null;
}

/** Of a step that failed because a workflow did that it called, or that something inside of it did: where that is edited. */
export async function faultBelow(tx: Tx, scope: TenantScope, stepId: string): Promise<EditorPlace | null> {
  const firstFailed = (step: ReturnType<typeof sql>) => sql`
    select e.id, e.workflow_id, e.body_node_id, e.error_node_id from executions e
    where e.tenant_id = ${scope.tenantId} and e.parent_step_id = ${step} and e.status = 'failed'
    order by e.item_index, e.id limit 1`;
  const { rows } = await tx.execute<EditorPlace>(sql`
    with recursive below(height, id, workflow_id, body_node_id, error_node_id) as (
      select 1, failed.* from (${firstFailed(sql`${stepId}`)}) failed
      union all
      select below.height + 1, failed.*
      from below
      join execution_steps s on s.tenant_id = ${scope.tenantId} and s.execution_id = below.id
        and s.node_id = below.error_node_id and s.status = 'failed'
      cross join lateral (${firstFailed(sql`s.id`)}) failed
    )
    select id as "executionId", workflow_id as "workflowId" from below
    where body_node_id is null and workflow_id is not null order by height desc limit 1`);
  return rows[0] ?? null;
}
