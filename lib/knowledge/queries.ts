import "server-only";
import { and, asc, count, desc, eq, gte, ilike, lt } from "drizzle-orm";
import { z } from "zod";
import { asTenant, type Tx } from "@/db/access";
import { documentChunks, documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { containing } from "@/lib/like";
import { type Page, toPage } from "@/lib/paging";
import { storage } from "@/lib/storage/open";
import type { ListDocumentsInput, ListPassagesInput } from "./input";
import { documentNotFound, selectDocuments } from "./store";

export type DocumentSummary = Awaited<ReturnType<typeof selectDocuments>>[number];

export type DocumentPage = Page<DocumentSummary>;

/** Documents of the tenant, newest first. */
export async function listDocuments(scope: TenantScope, input: ListDocumentsInput): Promise<DocumentPage> {
  authorize(scope, "knowledge.read");
  const rows = await asTenant(scope, (tx) =>
    selectDocuments(tx)
      .where(
        and(
          input.q ? ilike(documents.filename, containing(input.q)) : undefined,
          input.status ? eq(documents.uploadStatus, input.status) : undefined,
          input.format ? eq(documents.fileType, input.format) : undefined,
          input.agentId ? eq(documents.agentId, input.agentId) : undefined,
          input.cursor ? lt(documents.id, input.cursor) : undefined,
        ),
      )
      .orderBy(desc(documents.id))
      .limit(input.limit + 1),
  );
  return toPage(rows, input.limit);
}

/** One document, or null. */
export async function findDocument(scope: TenantScope, documentId: string): Promise<DocumentSummary | null> {
  authorize(scope, "knowledge.read");
  if (!isId(documentId)) return null;
  const [row] = await asTenant(scope, (tx) =>
    selectDocuments(tx).where(eq(documents.id, documentId)).limit(1),
  );
  return row ?? null;
}

/** One document. @throws AppError `not_found` */
export async function getDocument(scope: TenantScope, documentId: string): Promise<DocumentSummary> {
  const found = await findDocument(scope, documentId);
  if (!found) throw documentNotFound();
  return found;
}

/** The summary inside an open transaction. @throws AppError `not_found` */
export async function loadDocument(tx: Tx, documentId: string): Promise<DocumentSummary> {
  const [row] = await selectDocuments(tx).where(eq(documents.id, documentId)).limit(1);
  if (!row) throw documentNotFound();
  return row;
}

export type PassageRow = {
  id: string;
  position: number;
  page: number | null;
  heading: string | null;
  text: string;
  tokenCount: number;
};

export type PassagePage = { items: PassageRow[]; from: number; limit: number; total: number };

/**
 * A document's passages in order, from `from` on, or the page of them that holds `passage` (the first page when that
 * passage is gone). @throws AppError `not_found`
 */
export async function listPassages(scope: TenantScope, input: ListPassagesInput): Promise<PassagePage> {
  authorize(scope, "knowledge.read");
  return asTenant(scope, async (tx) => {
    await loadDocument(tx, input.documentId);
    const ofDocument = eq(documentChunks.documentId, input.documentId);
    const [totals] = await tx.select({ total: count() }).from(documentChunks).where(ofDocument);
    const wanted = input.passage ? await positionOf(tx, input.documentId, input.passage) : input.from;
    const from = Math.floor(wanted / input.limit) * input.limit;
    const items = await tx
      .select({
        id: documentChunks.id,
        position: documentChunks.position,
        page: documentChunks.page,
        heading: documentChunks.heading,
        text: documentChunks.content,
        tokenCount: documentChunks.tokenCount,
      })
      .from(documentChunks)
      .where(and(ofDocument, gte(documentChunks.position, from)))
      .orderBy(asc(documentChunks.position))
      .limit(input.limit);
    return { items, from, limit: input.limit, total: totals?.total ?? 0 };
  });
}

const metadata = z.object({ warnings: z.array(z.string()) });

/** What of a document could not be read, or was guessed, in sentences. */
export async function documentWarnings(scope: TenantScope, documentId: string): Promise<readonly string[]> {
  authorize(scope, "knowledge.read");
  const [first] = await asTenant(scope, (tx) =>
    tx
      .select({ metadata: documentChunks.metadata })
      .from(documentChunks)
      .where(and(eq(documentChunks.documentId, documentId), eq(documentChunks.position, 0))),
  );
  return metadata.safeParse(first?.metadata).data?.warnings ?? [];
}

async function positionOf(tx: Tx, documentId: string, chunkId: string): Promise<number> {
  const [row] = await tx
    .select({ position: documentChunks.position })
    .from(documentChunks)
    .where(and(eq(documentChunks.documentId, documentId), eq(documentChunks.id, chunkId)))
    .limit(1);
  return row?.position ?? 0;
}

/** The uploaded file itself. @throws AppError `not_found` */
export async function openOriginal(scope: TenantScope, documentId: string) {
  authorize(scope, "knowledge.read");
  if (!isId(documentId)) throw documentNotFound();
  const [row] = await asTenant(scope, (tx) =>
    tx
      .select({
        filename: documents.filename,
        sizeBytes: documents.sizeBytes,
        storageKey: documents.storageKey,
      })
      .from(documents)
      .where(eq(documents.id, documentId))
      .limit(1),
  );
  if (!row) throw documentNotFound();
  return { filename: row.filename, sizeBytes: row.sizeBytes, stream: await storage().get(row.storageKey) };
}
