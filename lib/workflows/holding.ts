import { and, asc, eq, or, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";

/** More are not named. */
const MOST_NAMED = 100;

type NodeLike = { readonly kind: string; readonly config: Readonly<Record<string, unknown>> };

const nodesLike = (node: NodeLike) => JSON.stringify({ nodes: [node] });

/** The workflows that have such a node in their draft or published version, by name. At most 100. */
export function workflowsHolding(
  tx: Tx,
  scope: TenantScope,
  node: NodeLike,
): Promise<{ id: string; name: string }[]> {
  const holding = nodesLike(node);
  return tx
    .select({ id: workflows.id, name: workflows.name })
    .from(workflows)
    .leftJoin(
      workflowVersions,
      and(
        eq(workflowVersions.tenantId, workflows.tenantId),
        eq(workflowVersions.id, workflows.publishedVersionId),
      ),
    )
    .where(
      and(
        eq(workflows.tenantId, scope.tenantId),
        or(
          sql`${workflows.dagStructure}::jsonb @> ${holding}::jsonb`,
          sql`${workflowVersions.dagStructure}::jsonb @> ${holding}::jsonb`,
        ),
      ),
    )
    .orderBy(asc(workflows.name))
    .limit(MOST_NAMED);
}

/** Whether a workflow is called by one of these versions, or by a version that they call by its number, directly or not. */
export async function isCalledFrom(
  tx: Tx,
  { tenantId }: TenantScope,
  workflowId: string,
  versionIds: SQL,
): Promise<boolean> {
  const { rows } = await tx.execute(sql`
    with recursive reached(id) as (
      select id from (${versionIds}) as v (id)
      union
      select (n.node->'config'->>'versionId')::uuid from reached
      join workflow_versions v on v.tenant_id = ${tenantId} and v.id = reached.id
      cross join lateral jsonb_array_elements(v.dag_structure::jsonb->'nodes') as n (node)
      where n.node->>'kind' = 'workflow' and n.node->'config'->>'versionId' <> ''
    )
    select from reached join workflow_versions v on v.tenant_id = ${tenantId} and v.id = reached.id
    where v.dag_structure::jsonb @> ${nodesLike({ kind: "workflow", config: { workflowId } })}::jsonb limit 1`);
  return rows.length > 0;
}
