import "server-only";
import { eq, isNull, or, sql } from "drizzle-orm";
import type { z } from "zod";
import { asTenant, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import type { AuditAction } from "@/lib/audit/words";
import { authorize } from "@/lib/auth/authorize";
import { cut } from "@/lib/cut";
import { AppError } from "@/lib/errors";
import { nameGuarded } from "@/lib/unique-name";
import { checkConfig, reading } from "./config";
import {
  type CreateAgentInput,
  type duplicateAgentInput,
  llmConfig,
  type RestoreAgentInput,
  type setAgentActiveInput,
  type UpdateAgentInput,
} from "./input";
import { agentNotFound } from "./queries";
import { AGENT_COLUMNS, type AgentContent, agentIs, insertAgent, insertVersion } from "./store";
import { versionOf } from "./version-queries";

export type AgentSaved = { id: string; version: number };

/**
 * Adds an agent.
 * @throws AppError `invalid` beside its field (model, parameter, document); `conflict` on `name` when it is taken
 */
export async function createAgent(scope: TenantScope, input: CreateAgentInput): Promise<AgentSaved> {
  authorize(scope, "agent.create");
  return nameGuarded("agents_tenant_name_unique", "agent", () =>
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
  return nameGuarded("agents_tenant_name_unique", "agent", () =>
    asTenant(scope, async (tx) => {
      const before = await lockAgent(tx, scope, agentId);
      if (before.version !== version) throw staleVersion(before.version);
      await checkConfig(tx, scope, content.llmConfig);
      return saveNext(tx, scope, agentId, { before, content, event: { action: "agent.update" } });
    }),
  );
}

/**
 * Makes what an agent was at a version its next version, without documents that were deleted since. Its description
 * stays: versions keep what the model is given.
 * @throws AppError `not_found`; `precondition`, reason `version_unusable`, when its model or a parameter is gone; `conflict` when its name is taken
 */
export async function restoreAgent(
  scope: TenantScope,
  { agentId, versionId }: RestoreAgentInput,
): Promise<AgentSaved> {
  authorize(scope, "agent.update");
  return nameGuarded("agents_tenant_name_unique", "agent", () =>
    asTenant(scope, async (tx) => {
      const before = await lockAgent(tx, scope, agentId);
      const { version, name, role, llmConfig: stored } = await versionOf(tx, scope, agentId, versionId);
      const own = or(isNull(documents.agentId), eq(documents.agentId, agentId));
      const content = { ...contentOf(before), name, role, llmConfig: await reading(tx, scope, stored, own) };
      await checkConfig(tx, scope, content.llmConfig).catch((error: unknown) => {
        throw unusable(version, error);
      });
      const event = { action: "agent.restore", restored: version } as const;
      return saveNext(tx, scope, agentId, { before, content, event });
    }),
  );
}

type Save = {
  readonly before: LockedAgent;
  readonly content: AgentContent;
  readonly event: { readonly action: AuditAction; readonly restored?: number };
};

/** Saves a locked agent as its next version. */
async function saveNext(
  tx: Tx,
  scope: TenantScope,
  agentId: string,
  { before, content, event: { action, ...restored } }: Save,
): Promise<AgentSaved> {
  const version = before.version + 1;
  await tx
    .update(agents)
    .set({ ...content, version, updatedAt: sql`now()` })
    .where(agentIs(scope, agentId));
  await insertVersion(tx, scope, agentId, version, content);
  await audit(tx, scope, {
    action,
    targetType: "agent",
    targetId: agentId,
    before: auditable(before),
    after: { ...auditable(content), ...restored },
  });
  return { id: agentId, version };
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
  return nameGuarded("agents_tenant_name_unique", "agent", () =>
    asTenant(scope, async (tx) => {
      const source = await lockAgent(tx, scope, agentId);
      const name = await freeName(tx, scope, source.name);
      const config = await reading(tx, scope, source.llmConfig, isNull(documents.agentId));
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

async function freeName(tx: Tx, scope: TenantScope, name: string): Promise<string> {
  const rows = await tx
    .select({ name: sql<string>`lower(${agents.name})` })
    .from(agents)
    .where(eq(agents.tenantId, scope.tenantId));
  const taken = new Set(rows.map((row) => row.name));
  const original = name.replace(/ \(copy(?: \d+)?\)$/, "");
  const stem = cut(original, 85).trimEnd();
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? `${stem} (copy)` : `${stem} (copy ${number})`;
    if (!taken.has(candidate.toLowerCase())) return candidate;
  }
}

/** Why a version cannot come back: what is wrong in a form is not to be mended there. */
function unusable(version: number, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== "invalid") return error;
  const isModel = "llmConfig.modelKey" in (error.fields ?? {});
  const what = isModel
    ? "its model is not available any more"
    : "its model does not take its parameters any more";
  return new AppError("precondition", `Version ${version} cannot be restored: ${what}.`, {
    reason: "version_unusable",
    cause: error,
  });
}

function staleVersion(current: number): AppError {
  return new AppError(
    "conflict",
    `Somebody saved version ${current} of this agent while you were editing. Copy what you need, then reload the page.`,
    { reason: "stale_version" },
  );
}
