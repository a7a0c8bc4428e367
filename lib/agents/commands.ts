import "server-only";
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { z } from "zod";
import { asTenant, isUniqueViolation, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { parametersSchema } from "@/lib/ai/parameters";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { activeModels } from "@/lib/models/queries";
import {
  type CreateAgentInput,
  type duplicateAgentInput,
  type LlmConfig,
  llmConfig,
  type setAgentActiveInput,
  type UpdateAgentInput,
} from "./input";
import { agentNotFound } from "./queries";
import { AGENT_COLUMNS, type AgentContent, agentIs, insertAgent, insertVersion } from "./store";

export type AgentSaved = { id: string; version: number };

/**
 * Adds an agent.
 * @throws AppError `invalid` beside its field (model, parameter, document); `conflict` on `name` when it is taken
 */
export async function createAgent(scope: TenantScope, input: CreateAgentInput): Promise<AgentSaved> {
  authorize(scope, "agent.create");
  return nameGuarded(() =>
    asTenant(scope, async (tx) => {
      await checkConfig(tx, scope, input.llmConfig);
      const id = await insertAgent(tx, scope, input);
      await audit(tx, scope, {
        action: "agent.create",
        targetType: "agent",
        targetId: id,
        after: auditable(input),
      });
      return { id, version: 1 };
    }),
  );
}

/**
 * Saves an agent as its next version.
 * @throws as `createAgent`; `conflict`, reason `stale_version`, when somebody saved since `input.version`; `not_found`
 */
export async function updateAgent(scope: TenantScope, input: UpdateAgentInput): Promise<AgentSaved> {
  authorize(scope, "agent.update");
  const { agentId, version, ...content } = input;
  return nameGuarded(() =>
    asTenant(scope, async (tx) => {
      const before = await lockAgent(tx, scope, agentId);
      if (before.version !== version) throw staleVersion(before.version);
      await checkConfig(tx, scope, content.llmConfig);
      await tx
        .update(agents)
        .set({ ...content, version: version + 1, updatedAt: sql`now()` })
        .where(agentIs(scope, agentId));
      await insertVersion(tx, scope, agentId, version + 1, content);
      await audit(tx, scope, {
        action: "agent.update",
        targetType: "agent",
        targetId: agentId,
        before: auditable(before),
        after: auditable(content),
      });
      return { id: agentId, version: version + 1 };
    }),
  );
}

/** Activates or deactivates. An inactive agent cannot be run; its history stays. Doing it twice changes nothing. */
export async function setAgentActive(
  scope: TenantScope,
  { agentId, isActive }: z.output<typeof setAgentActiveInput>,
): Promise<{ id: string; isActive: boolean }> {
  authorize(scope, "agent.update");
  return asTenant(scope, async (tx) => {
    const before = await lockAgent(tx, scope, agentId);
    if (before.isActive !== isActive) {
      await tx.update(agents).set({ isActive, updatedAt: sql`now()` }).where(agentIs(scope, agentId));
      await audit(tx, scope, {
        action: isActive ? "agent.activate" : "agent.deactivate",
        targetType: "agent",
        targetId: agentId,
        before: { isActive: before.isActive },
        after: { isActive },
      });
    }
    return { id: agentId, isActive };
  });
}

/**
 * Adds a copy under a free name, without the documents that only the original may read. The copy starts at version 1.
 * @throws AppError `not_found`
 */
export async function duplicateAgent(
  scope: TenantScope,
  { agentId }: z.output<typeof duplicateAgentInput>,
): Promise<AgentSaved> {
  authorize(scope, "agent.create");
  return nameGuarded(() =>
    asTenant(scope, async (tx) => {
      const source = await lockAgent(tx, scope, agentId);
      const name = await freeName(tx, scope, source.name);
      const config = await configForCopy(tx, scope, source.llmConfig);
      const content = { ...contentOf(source), name, llmConfig: config };
      const id = await insertAgent(tx, scope, content);
      await audit(tx, scope, {
        action: "agent.duplicate",
        targetType: "agent",
        targetId: id,
        after: { ...auditable(content), copyOf: agentId },
      });
      return { id, version: 1 };
    }),
  );
}

type LockedAgent = AgentContent & { version: number; isActive: boolean };

async function lockAgent(tx: Tx, scope: TenantScope, agentId: string): Promise<LockedAgent> {
  const [row] = await tx
    .select(AGENT_COLUMNS)
    .from(agents)
    .where(agentIs(scope, agentId))
    .limit(1)
    .for("update");
  if (!row) throw agentNotFound();
  const config = llmConfig.safeParse(row.llmConfig);
  if (!config.success)
    throw new AppError("internal", "The agent's configuration cannot be read.", { cause: config.error });
  return {
    ...row,
    description: row.description ?? "",
    isActive: row.isActive ?? true,
    llmConfig: config.data,
  };
}

function contentOf({ name, role, description, llmConfig: config }: LockedAgent): AgentContent {
  return { name, role, description, llmConfig: config };
}

/** What of an agent belongs in the audit log: the prompt may hold anything, so only its length. */
function auditable({ name, role, description, llmConfig: config }: AgentContent): Record<string, unknown> {
  return { name, description, roleChars: role.length, llmConfig: config };
}

async function checkConfig(tx: Tx, scope: TenantScope, config: LlmConfig): Promise<void> {
  const model = (await activeModels(tx, "text")).find(({ modelKey }) => modelKey === config.modelKey);
  if (!model) throw fieldError("llmConfig.modelKey", "This model is not available. Choose another one.");
  const parsed = parametersSchema(model.provider, model.providerModel).safeParse(config.parameters);
  if (!parsed.success) throw parameterError(parsed.error, model.modelName);
  await checkDocuments(tx, scope, config.knowledge.documentIds);
}

function parameterError(error: z.ZodError, modelName: string): AppError {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const names = issue.code === "unrecognized_keys" ? issue.keys : [issue.path.join(".")];
    const message =
      issue.code === "unrecognized_keys" ? `${modelName} does not take this parameter.` : issue.message;
    for (const name of names) fields[`llmConfig.parameters.${name}`] = [message];
  }
  return new AppError("invalid", "Some parameters do not fit the model.", { fields });
}

async function checkDocuments(tx: Tx, scope: TenantScope, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  const wanted = [...new Set(documentIds)];
  const found = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, wanted)));
  if (found.length < wanted.length) {
    throw fieldError(
      "llmConfig.knowledge.documentIds",
      "A chosen document does not exist any more. Choose again.",
    );
  }
}

async function configForCopy(tx: Tx, scope: TenantScope, config: LlmConfig): Promise<LlmConfig> {
  const { knowledge } = config;
  if (knowledge.mode !== "selected") return config;
  const shared = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(
      and(
        eq(documents.tenantId, scope.tenantId),
        isNull(documents.agentId),
        inArray(documents.id, knowledge.documentIds),
      ),
    );
  const documentIds = knowledge.documentIds.filter((id) => shared.some((row) => row.id === id));
  if (documentIds.length > 0) return { ...config, knowledge: { ...knowledge, documentIds } };
  const tools = config.tools.filter((tool) => tool !== "knowledge_search");
  return { ...config, tools, knowledge: { ...knowledge, mode: "none", documentIds } };
}

async function freeName(tx: Tx, scope: TenantScope, name: string): Promise<string> {
  const rows = await tx
    .select({ name: sql<string>`lower(${agents.name})` })
    .from(agents)
    .where(eq(agents.tenantId, scope.tenantId));
  const taken = new Set(rows.map((row) => row.name));
  const original = name.replace(/ \(copy(?: \d+)?\)$/, "");
  // Not through the middle of a character that takes two places.
  const stem = original
    .slice(0, 85)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd();
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${stem} (copy)` : `${stem} (copy ${number})`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

async function nameGuarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error, "agents_tenant_name_unique")) throw error;
    throw new AppError("conflict", "The agent was not saved: its name is taken.", {
      fields: { name: ["Another agent has this name."] },
      reason: "name_taken",
      cause: error,
    });
  }
}

function staleVersion(current: number): AppError {
  return new AppError(
    "conflict",
    `Somebody saved version ${current} of this agent while you were editing. Copy what you need, then reload the page.`,
    { reason: "stale_version" },
  );
}
