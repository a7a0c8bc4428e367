import "server-only";
import { asTenant } from "@/db/access";
import { agents } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { agentNotFound } from "@/lib/agents/queries";
import { agentIs } from "@/lib/agents/store";
import { authorize } from "@/lib/auth/authorize";
import { workflowsHolding } from "./holding";
import type { AgentInput } from "./input";

/**
 * The workflows whose draft or published version asks an agent, by name. At most 100.
 * @throws AppError `not_found`
 */
export async function listWorkflowsAsking(
  scope: TenantScope,
  { agentId }: AgentInput,
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "workflow.read");
  return asTenant(scope, async (tx) => {
    const [agent] = await tx.select({ id: agents.id }).from(agents).where(agentIs(scope, agentId));
    if (!agent) throw agentNotFound();
    return workflowsHolding(tx, scope, { kind: "agent", config: { agentId } });
  });
}
