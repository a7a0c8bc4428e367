import "server-only";
import { and, asc, desc, eq, inArray, lt, sql } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, agentVersions } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import { type Page, toPage } from "@/lib/paging";
import { type ListAgentsInput, type LlmConfig, listAgentsInput, llmConfig, MOST_AGENTS } from "./input";
import { AGENT_COLUMNS, agentIs, matchesText } from "./store";

export type AgentDto = {
  id: string;
  name: string;
  /** The system prompt. */
  role: string;
  description: string;
  llmConfig: LlmConfig;
  isActive: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

export type AgentListItem = Omit<AgentDto, "role">;

/** An agent as it was at one version: what a run pins. */
export type AgentVersionDto = {
  id: string;
  agentId: string;
  version: number;
  name: string;
  role: string;
  llmConfig: LlmConfig;
};

type AgentRow = {
  id: string;
  name: string;
  role: string;
  description: string | null;
  llmConfig: unknown;
  isActive: boolean | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
};

function toAgent(row: AgentRow): AgentDto {
  return {
    ...row,
    description: row.description ?? "",
    isActive: row.isActive ?? true,
    llmConfig: readConfig(row.llmConfig, row.name),
  };
}

function readConfig(stored: unknown, name: string): LlmConfig {
  const parsed = llmConfig.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new AppError("internal", `The configuration of the agent ${name} cannot be read.`, {
    cause: parsed.error,
  });
}

/** Agents without the documents that were deleted since they were given: each of their versions keeps what it had. */
async function withoutDeleted<A extends AgentListItem>(
  tx: Tx,
  scope: TenantScope,
  found: readonly A[],
): Promise<A[]> {
  const given = [...new Set(found.flatMap(({ llmConfig: { knowledge } }) => knowledge.documentIds))];
  if (given.length === 0) return [...found];
  const rows = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, given)));
  const there = new Set(rows.map(({ id }) => id));
  return found.map((agent) => {
    const { knowledge } = agent.llmConfig;
    const documentIds = knowledge.documentIds.filter((id) => there.has(id));
    return { ...agent, llmConfig: { ...agent.llmConfig, knowledge: { ...knowledge, documentIds } } };
  });
}

/** Agents, newest first, a page at a time. */
export async function listAgents(
  scope: TenantScope,
  input: ListAgentsInput = {},
): Promise<Page<AgentListItem>> {
  authorize(scope, "agent.read");
  const { q, status, cursor, limit } = listAgentsInput.parse(input);
  const { role: _, ...columns } = AGENT_COLUMNS;
  const found = await asTenant(scope, async (tx) => {
    const rows = await tx
      .select(columns)
      .from(agents)
      .where(
        and(
          eq(agents.tenantId, scope.tenantId),
          q ? matchesText(q) : undefined,
          status ? eq(agents.isActive, status === "active") : undefined,
          cursor ? lt(agents.id, cursor) : undefined,
        ),
      )
      .orderBy(desc(agents.id))
      .limit(limit + 1);
    return withoutDeleted(
      tx,
      scope,
      rows.map((row) => withoutRole(toAgent({ ...row, role: "" }))),
    );
  });
  return toPage(found, limit);
}

function withoutRole({ role: _, ...agent }: AgentDto): AgentListItem {
  return agent;
}

/** One agent. @throws AppError `not_found` */
export async function getAgent(scope: TenantScope, agentId: string): Promise<AgentDto> {
  authorize(scope, "agent.read");
  if (!isId(agentId)) throw agentNotFound();
  const [agent] = await asTenant(scope, async (tx) => {
    const rows = await tx.select(AGENT_COLUMNS).from(agents).where(agentIs(scope, agentId)).limit(1);
    return withoutDeleted(tx, scope, rows.map(toAgent));
  });
  if (!agent) throw agentNotFound();
  return agent;
}

/** Every agent by name, for a choice in a form. At most `MOST_AGENTS`. */
export async function listAgentChoices(
  scope: TenantScope,
): Promise<{ id: string; name: string; isActive: boolean }[]> {
  authorize(scope, "agent.read");
  const rows = await asTenant(scope, (tx) =>
    tx
      .select({ id: agents.id, name: agents.name, isActive: agents.isActive })
      .from(agents)
      .where(eq(agents.tenantId, scope.tenantId))
      .orderBy(asc(agents.name))
      .limit(MOST_AGENTS),
  );
  return rows.map((row) => ({ ...row, isActive: row.isActive ?? true }));
}

/** The agents that were given exactly this document, by name: those that may read all documents are not among them. */
export async function listAgentsNaming(
  scope: TenantScope,
  documentId: string,
): Promise<{ id: string; name: string }[]> {
  authorize(scope, "agent.read");
  const naming = JSON.stringify({ knowledge: { mode: "selected", documentIds: [documentId] } });
  return asTenant(scope, (tx) =>
    tx
      .select({ id: agents.id, name: agents.name })
      .from(agents)
      .where(and(eq(agents.tenantId, scope.tenantId), sql`${agents.llmConfig}::jsonb @> ${naming}::jsonb`))
      .orderBy(asc(agents.name)),
  );
}

/** @throws AppError `precondition`, reason `agent_inactive` */
export function assertActive({ name, isActive }: { name: string; isActive: boolean | null }): void {
  if (isActive !== false) return;
  throw new AppError("precondition", `The agent ${name} is inactive. Activate it to run it.`, {
    reason: "agent_inactive",
  });
}

/**
 * The version of an agent that a run started now pins, read in the run's own transaction (tenant or worker).
 * @throws AppError `not_found`; `precondition`, reason `agent_inactive`
 */
export async function runnableVersion(tx: Tx, scope: TenantScope, agentId: string): Promise<AgentVersionDto> {
  const [row] = await tx
    .select({ version: agents.version, isActive: agents.isActive, name: agents.name })
    .from(agents)
    .where(agentIs(scope, agentId))
    .limit(1);
  if (!row) throw agentNotFound();
  assertActive(row);
  const [pinned] = await tx
    .select({ id: agentVersions.id })
    .from(agentVersions)
    .where(
      and(
        eq(agentVersions.tenantId, scope.tenantId),
        eq(agentVersions.agentId, agentId),
        eq(agentVersions.version, row.version),
      ),
    )
    .limit(1);
  if (!pinned) throw new AppError("internal", `The agent ${row.name} has no version to run.`);
  return agentVersion(tx, scope, pinned.id);
}

/** A pinned version, read in an open transaction. @throws AppError `not_found` */
export async function agentVersion(tx: Tx, scope: TenantScope, versionId: string): Promise<AgentVersionDto> {
  const [row] = await tx
    .select({
      id: agentVersions.id,
      agentId: agentVersions.agentId,
      version: agentVersions.version,
      name: agentVersions.name,
      role: agentVersions.role,
      llmConfig: agentVersions.llmConfig,
    })
    .from(agentVersions)
    .where(and(eq(agentVersions.tenantId, scope.tenantId), eq(agentVersions.id, versionId)))
    .limit(1);
  if (!row) throw agentNotFound();
  return { ...row, llmConfig: readConfig(row.llmConfig, row.name) };
}

export function agentNotFound(): AppError {
  return new AppError("not_found", "This agent does not exist.");
}
