import "server-only";
import { and, desc, eq, inArray, lt } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents, agentVersions } from "@/db/schema/ai";
import { users } from "@/db/schema/auth";
import { aiModels } from "@/db/schema/config";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import type { FieldChange } from "@/lib/changes/field";
import { AppError } from "@/lib/errors";
import { mapPage, type Page, toPage } from "@/lib/paging";
import { agentChanges, type ReachNames, type VersionContent } from "./diff";
import { type AgentDiffInput, type ListAgentVersionsInput, listAgentVersionsInput } from "./input";
import { agentNotFound, agentVersion } from "./queries";
import { agentIs } from "./store";

export type AgentVersionSummary = {
  id: string;
  version: number;
  createdAt: Date;
  createdByName: string | null;
  /** It is what runs. */
  isCurrent: boolean;
};

/** The versions of an agent, newest first, a page at a time: one for each time it was saved. @throws AppError `not_found` */
export async function listAgentVersions(
  scope: TenantScope,
  input: ListAgentVersionsInput,
): Promise<Page<AgentVersionSummary>> {
  authorize(scope, "agent.read");
  const { agentId, cursor, limit } = listAgentVersionsInput.parse(input);
  return asTenant(scope, async (tx) => {
    const [agent] = await tx.select({ version: agents.version }).from(agents).where(agentIs(scope, agentId));
    if (!agent) throw agentNotFound();
    const ofAgent = and(eq(agentVersions.tenantId, scope.tenantId), eq(agentVersions.agentId, agentId));
    const last = (id: string) =>
      tx
        .select({ version: agentVersions.version })
        .from(agentVersions)
        .where(and(ofAgent, eq(agentVersions.id, id)));
    const rows = await tx
      .select({
        id: agentVersions.id,
        version: agentVersions.version,
        createdAt: agentVersions.createdAt,
        createdByName: users.fullName,
      })
      .from(agentVersions)
      .leftJoin(users, and(eq(users.tenantId, agentVersions.tenantId), eq(users.id, agentVersions.createdBy)))
      .where(and(ofAgent, cursor ? lt(agentVersions.version, last(cursor)) : undefined))
      .orderBy(desc(agentVersions.version))
      .limit(limit + 1);
    return mapPage(toPage(rows, limit), (row) => ({ ...row, isCurrent: row.version === agent.version }));
  });
}

export type AgentDiffDto = {
  readonly from: { readonly id: string; readonly version: number };
  readonly to: { readonly id: string; readonly version: number };
  readonly changes: readonly FieldChange[];
};

/** What changed between two versions of an agent. @throws AppError `not_found` */
export async function getAgentDiff(
  scope: TenantScope,
  { agentId, from, to }: AgentDiffInput,
): Promise<AgentDiffDto> {
  authorize(scope, "agent.read");
  return asTenant(scope, async (tx) => {
    const before = await versionOf(tx, scope, agentId, from);
    const after = await versionOf(tx, scope, agentId, to);
    const names = await namesIn(tx, scope, [before, after]);
    return {
      from: { id: before.id, version: before.version },
      to: { id: after.id, version: after.version },
      changes: agentChanges(before, after, names),
    };
  });
}

/** A version of this agent, read in an open transaction. @throws AppError `not_found` */
export async function versionOf(tx: Tx, scope: TenantScope, agentId: string, versionId: string) {
  const found = await agentVersion(tx, scope, versionId);
  if (found.agentId !== agentId) throw new AppError("not_found", "This version does not exist.");
  return found;
}

async function namesIn(tx: Tx, scope: TenantScope, versions: readonly VersionContent[]): Promise<ReachNames> {
  const modelKeys = versions.map(({ llmConfig }) => llmConfig.modelKey);
  const documentIds = versions.flatMap(({ llmConfig }) => llmConfig.knowledge.documentIds);
  const models = await tx
    .select({ key: aiModels.modelKey, name: aiModels.modelName })
    .from(aiModels)
    .where(inArray(aiModels.modelKey, modelKeys));
  const files =
    documentIds.length === 0
      ? []
      : await tx
          .select({ id: documents.id, name: documents.filename })
          .from(documents)
          .where(and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, documentIds)));
  return {
    models: Object.fromEntries(models.map(({ key, name }) => [key, name])),
    documents: Object.fromEntries(files.map(({ id, name }) => [id, name])),
  };
}
