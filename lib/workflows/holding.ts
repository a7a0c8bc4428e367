import { and, asc, eq, or, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";

/** More are not named. */
const MOST_NAMED = 100;

/** The workflows that have such a node in their draft or published version, by name. At most 100. */
export function workflowsHolding(
  tx: Tx,
  scope: TenantScope,
  node: { readonly kind: string; readonly config: Readonly<Record<string, unknown>> },
): Promise<{ id: string; name: string }[]> {
  const holding = JSON.stringify({ nodes: [node] });
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
