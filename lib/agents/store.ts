import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents, agentVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { containing } from "@/lib/like";
import type { LlmConfig } from "./input";

export const AGENT_COLUMNS = {
  id: agents.id,
  name: agents.name,
  role: agents.role,
  description: agents.description,
  llmConfig: agents.llmConfig,
  isActive: agents.isActive,
  version: agents.version,
  createdAt: agents.createdAt,
  updatedAt: agents.updatedAt,
} as const;

export type AgentContent = { name: string; role: string; description: string; llmConfig: LlmConfig };

/** Keeps what an agent was at a version, so that a run can be told later exactly what it ran. */
export async function insertVersion(
  tx: Tx,
  scope: TenantScope,
  agentId: string,
  version: number,
  content: AgentContent,
): Promise<void> {
  const { name, role, llmConfig } = content;
  await tx.insert(agentVersions).values({
    id: newId(),
    tenantId: scope.tenantId,
    agentId,
    version,
    name,
    role,
    llmConfig,
    createdBy: actingUser(scope),
  });
}

/** Adds an agent with its first version. */
export async function insertAgent(tx: Tx, scope: TenantScope, content: AgentContent): Promise<string> {
  const id = newId();
  await tx.insert(agents).values({ ...content, id, tenantId: scope.tenantId, createdBy: actingUser(scope) });
  await insertVersion(tx, scope, id, 1, content);
  return id;
}

export function actingUser(scope: TenantScope): string | null {
  return scope.actor.kind === "user" || scope.actor.kind === "api_key" ? scope.actor.userId : null;
}

/** The condition that finds one agent of the tenant. */
export function agentIs(scope: TenantScope, agentId: string) {
  return and(eq(agents.tenantId, scope.tenantId), eq(agents.id, agentId));
}

/** Matches part of a name or description; `%` and `_` mean themselves. */
export function matchesText(search: string) {
  const pattern = containing(search);
  return sql`(${agents.name} ilike ${pattern} or coalesce(${agents.description}, '') ilike ${pattern})`;
}
