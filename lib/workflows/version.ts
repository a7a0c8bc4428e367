import "server-only";
import { and, desc, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { workflowVersions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import type { Graph } from "./graph";
import { actingUserId } from "./store";

/** The note of versions that exist because a draft was run. */
export const DRAFT_RUN_NOTE = "Run of the draft";

export type FrozenVersion = { id: string; version: number };

/**
 * Freezes a graph as the next version of a locked workflow, for publishing or for a run of the draft. The newest
 * version is used again when it holds the same graph, so running a draft twice leaves one version; only publishing
 * what was merely run makes one of its own, with its own note.
 */
export async function freezeVersion(
  tx: Tx,
  scope: TenantScope,
  workflowId: string,
  graph: Graph,
  note: string,
): Promise<FrozenVersion> {
  const [newest] = await tx
    .select({
      id: workflowVersions.id,
      version: workflowVersions.version,
      note: workflowVersions.note,
      isSame: sql<boolean>`${workflowVersions.dagStructure} = ${JSON.stringify(graph)}::jsonb`,
    })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.tenantId, scope.tenantId), eq(workflowVersions.workflowId, workflowId)))
    .orderBy(desc(workflowVersions.version))
    .limit(1);
  const wasOnlyRun = newest?.note === DRAFT_RUN_NOTE && note !== DRAFT_RUN_NOTE;
  if (newest?.isSame && !wasOnlyRun) return { id: newest.id, version: newest.version };
  const frozen = { id: newId(), version: (newest?.version ?? 0) + 1 };
  await tx.insert(workflowVersions).values({
    ...frozen,
    tenantId: scope.tenantId,
    workflowId,
    dagStructure: graph,
    note: note || null,
    createdBy: actingUserId(scope),
  });
  return frozen;
}
