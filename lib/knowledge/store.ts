import { and, eq, exists, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { aiModels } from "@/db/schema/config";
import { documents } from "@/db/schema/knowledge";
import { AppError } from "@/lib/errors";

/** Whether the workspace of a document is suspended: nothing that costs money begins there. */
export const isSuspended = sql<boolean>`(select ${tenants.status} <> 'active' from ${tenants} where ${tenants.id} = ${documents.tenantId})`;

const documentColumns = {
  id: documents.id,
  filename: documents.filename,
  format: documents.fileType,
  sizeBytes: documents.sizeBytes,
  status: documents.uploadStatus,
  stage: documents.stage,
  chunksDone: documents.chunksDone,
  chunksTotal: documents.chunksTotal,
  pageCount: documents.pageCount,
  tokenCount: documents.tokenCount,
  errorMessage: documents.errorMessage,
  /** What it waits for: suspended (the workspace is) | credit | cap; and how much its next passages need, in dollars. */
  waitReason: sql<
    string | null
  >`case when ${documents.uploadStatus} = 'processing' and ${isSuspended} then 'suspended' else ${documents.waitReason} end`,
  needed: documents.needed,
  agentId: documents.agentId,
  agentName: agents.name,
  createdAt: documents.createdAt,
  completedAt: documents.completedAt,
};

/** Documents with the name of their agent. */
export function selectDocuments(tx: Tx) {
  return tx
    .select(documentColumns)
    .from(documents)
    .leftJoin(agents, and(eq(agents.tenantId, documents.tenantId), eq(agents.id, documents.agentId)))
    .$dynamic();
}

export function documentNotFound(): AppError {
  return new AppError("not_found", "This document does not exist.");
}

/** The one document of the tenant, locked until the transaction ends. @throws AppError `not_found` */
export async function lockDocument(tx: Tx, documentId: string) {
  const [row] = await tx.select().from(documents).where(eq(documents.id, documentId)).for("update");
  if (!row) throw documentNotFound();
  return row;
}

/** The models in use that a tenant's documents were embedded with: what a question about them is embedded by. */
export async function searchedModels(tx: Tx, tenantId: string): Promise<string[]> {
  const rows = await tx
    .select({ modelKey: aiModels.modelKey })
    .from(aiModels)
    .where(
      and(
        eq(aiModels.modelType, "embedding"),
        eq(aiModels.isActive, true),
        exists(
          tx
            .select({ id: documents.id })
            .from(documents)
            .where(
              and(
                eq(documents.tenantId, tenantId),
                eq(documents.uploadStatus, "completed"),
                eq(documents.embeddingModelKey, aiModels.modelKey),
              ),
            ),
        ),
      ),
    );
  return rows.map(({ modelKey }) => modelKey);
}

/** What an agent, or a search without one, may see of the tenant's documents. */
export type Visibility = {
  /** Documents kept for one agent are visible to it; null: only those shared with all; "all": every document. */
  agentId: string | null | "all";
  /** Only these, when given. */
  documentIds: readonly string[] | null;
};

/** The condition on `documents` for what may be retrieved: completed and visible. */
export function retrievable({ agentId, documentIds }: Visibility): SQL {
  const owner =
    agentId === "all"
      ? undefined
      : or(isNull(documents.agentId), agentId === null ? undefined : eq(documents.agentId, agentId));
  const listed = documentIds === null ? undefined : inArray(documents.id, [...documentIds]);
  return and(eq(documents.uploadStatus, "completed"), owner, listed) ?? sql`true`;
}
