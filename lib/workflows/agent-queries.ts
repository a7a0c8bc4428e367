import "server-only";
import { and, asc, eq, or, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { agents, workflows, workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { agentNotFound } from "@/lib/agents/queries";
import { agentIs } from "@/lib/agents/store";
import { authorize } from "@/lib/auth/authorize";
import type { AgentInput } from "./input";

/** More are not named. */
const MOST_NAMED = 100;

/**
 * The workflows whose draft or published version asks an agent, by name. At most 100.
 * @throws AppError `not_found`
 */
export async function listWorkflowsAsking(
  scope: TenantScope,
  { agentId }: AgentInput,
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "workflow.read");
  const asking = JSON.stringify({ nodes: [{ kind: "agent", config: { agentId } }] });
  return asTenant(scope, async (tx) => {
    const [agent] = await tx.select({ id: agents.id }).from(agents).where(agentIs(scope, agentId));
    if (!agent) throw agentNotFound();
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
            sql`${workflows.dagStructure}::jsonb @> ${asking}::jsonb`,
            sql`${workflowVersions.dagStructure}::jsonb @> ${asking}::jsonb`,
          ),
        ),
      )
      .orderBy(asc(workflows.name))
      .limit(MOST_NAMED);
  });
}
