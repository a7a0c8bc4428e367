import { and, eq, inArray, isNull, or, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import { AppError } from "@/lib/errors";

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
