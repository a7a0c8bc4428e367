import "server-only";
import { setImmediate as othersTurn } from "node:timers/promises";
import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { documentChunks, documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { currentTime } from "@/lib/clock";
import { AppError } from "@/lib/errors";
import { embeddingModelKey } from "@/lib/models/queries";
import { microsToNumeric } from "@/lib/money";
import { storage } from "@/lib/storage/open";
import { lockWallet } from "@/lib/wallet/lock";
import { type MoneyRefusal, refusalOf } from "@/lib/wallet/refusal";
import { readWallet } from "@/lib/wallet/store";
import { type Chunk, chunkSections } from "../chunk";
import { dispatchIngestion } from "../dispatch";
import { embedMetered } from "../embedding";
import { type Ingestion, lockLive, lockToBegin, nextAttempt } from "../live";
import type { DocumentFormat, ParsedDocument } from "../parse/document";
import { parseDocument } from "../parse/run";

/** `skipped`: there is nothing to do (any more). `failed`: refused, and the reason is on the document. */
export type ReadOutcome = "ready" | "skipped" | "failed";

const EMBED_BATCH = 64;
const INSERT_BATCH = 500;
/** Enough for all the text that is read of a file; what has a heading over every few words would have many times as many. */
const MOST_CHUNKS = 40_000;
/** So many chunks are cut before other work of this process gets a turn. */
const CHUNKS_PER_TURN = 50;

/**
 * Reads a stored file in the limited child process, cuts it and writes the chunks without vectors. When that was done
 * by an earlier try with the same embedding model, it is not done again.
 *
 * @throws AppError when the store or the database does not answer, or there is no embedding model
 */
export async function readDocument(scope: TenantScope, ingestion: Ingestion): Promise<ReadOutcome> {
  authorize(scope, "knowledge.ingest");
  const modelKey = await embeddingModelKey();
  const row = await advance(scope, ingestion, "parsing");
  if (!row) return "skipped";
  if (row.chunksTotal > 0 && row.embeddingModelKey === modelKey) return "ready";
  const file = () => storage().get(row.storageKey);
  const answer = await parseDocument(file, row.fileType as DocumentFormat).catch(async (error: unknown) => {
    if (await asWorker(scope, (tx) => lockLive(tx, ingestion))) throw error;
    return null;
  });
  // Its original went with it, while others were read before it.
  if (!answer) return "skipped";
  if (!answer.ok) {
    await failDocument(scope, ingestion, answer.message);
    return "failed";
  }
  if (!(await advance(scope, ingestion, "chunking"))) return "skipped";
  const chunks = await cut(answer.document);
  if (!chunks) {
    const message = `It has so many headings that it comes to more than ${MOST_CHUNKS.toLocaleString("en-US")} passages. Split it into smaller files.`;
    await failDocument(scope, ingestion, message);
    return "failed";
  }
  return asWorker(scope, async (tx) => {
    if (!(await lockLive(tx, ingestion))) return "skipped";
    await replaceChunks(tx, scope, ingestion.documentId, chunks, answer.document.warnings);
    await tx
      .update(documents)
      .set({
        stage: "embedding",
        chunksDone: 0,
        chunksTotal: chunks.length,
        pageCount: answer.document.pageCount,
        tokenCount: chunks.reduce((sum, chunk) => sum + chunk.tokenCount, 0),
        embeddingModelKey: modelKey,
      })
      .where(eq(documents.id, ingestion.documentId));
    return "ready";
  });
}

function advance(scope: TenantScope, ingestion: Ingestion, stage: "parsing" | "chunking") {
  return asWorker(scope, async (tx) => {
    const row = await lockToBegin(tx, ingestion);
    if (row) await tx.update(documents).set({ stage }).where(eq(documents.id, row.id));
    return row;
  });
}

/** Null for more than a document may have. */
async function cut(document: ParsedDocument): Promise<Chunk[] | null> {
  const chunks: Chunk[] = [];
  for (const chunk of chunkSections(document.sections)) {
    if (chunks.length === MOST_CHUNKS) return null;
    chunks.push(chunk);
    if (chunks.length % CHUNKS_PER_TURN === 0) await othersTurn();
  }
  return chunks;
}

/** What was left out or guessed is kept with the first of them. */
async function replaceChunks(
  tx: Tx,
  scope: TenantScope,
  documentId: string,
  chunks: readonly Chunk[],
  warnings: readonly string[],
) {
  await tx.delete(documentChunks).where(eq(documentChunks.documentId, documentId));
  for (let start = 0; start < chunks.length; start += INSERT_BATCH) {
    await tx.insert(documentChunks).values(
      chunks.slice(start, start + INSERT_BATCH).map((chunk) => ({
        tenantId: scope.tenantId,
        documentId,
        chunkIndex: String(chunk.position),
        position: chunk.position,
        content: chunk.text,
        page: chunk.page,
        heading: chunk.heading,
        tokenCount: chunk.tokenCount,
        metadata: chunk.position === 0 && warnings.length > 0 ? { warnings } : null,
      })),
    );
  }
}

/**
 * Embeds the next chunks that have no vector yet, in one metered call, and completes the document after its last ones.
 * Vectors, progress and ledger row are written in one transaction. Without money for it the document waits, with
 * everything that is done: `wakePaidDocuments` starts it again. So it does in a workspace that is suspended. @returns whether there is more to do now
 */
export async function embedNextChunks(scope: TenantScope, ingestion: Ingestion): Promise<boolean> {
  authorize(scope, "knowledge.ingest");
  const { documentId } = ingestion;
  // With the embedded database and the built-in model nothing of a batch leaves this process, and it would stand still.
  await othersTurn();
  const next = await asWorker(scope, async (tx) => {
    const batch = await nextBatch(tx, ingestion);
    // All vectors are there, so only the last line is missing.
    if (batch?.chunks.length === 0) await saveProgress(tx, scope, documentId);
    return batch;
  });
  const first = next?.chunks[0];
  if (!next?.modelKey || !first) return false;
  const work = {
    modelKey: next.modelKey,
    values: next.chunks.map(embeddedText),
    // By the passage's own id: one that was cut anew, for another model, is embedded and billed anew.
    usageKey: `document:${documentId}:${next.modelKey}:${first.id}`,
    source: { documentId, agentId: next.agentId, userId: next.uploadedBy },
  };
  let remaining = 0;
  const saved = embedMetered(scope, work, async (tx, vectors) => {
    const row = await lockLive(tx, ingestion);
    if (!row) return;
    await saveVectors(
      tx,
      documentId,
      next.chunks.map((chunk) => chunk.id),
      vectors,
    );
    remaining = await saveProgress(tx, scope, documentId);
  });
  try {
    await saved;
  } catch (error) {
    if (error instanceof AppError && error.reason === "model_unavailable") return readAgain(scope, ingestion);
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return !(await awaitMoney(scope, ingestion, refusal));
  }
  return remaining > 0;
}

/**
 * Its embedding model was switched off meanwhile, so what is left cannot be compared with what is done: a new attempt reads
 * it again and embeds all of it with the model that is used now.
 */
async function readAgain(scope: TenantScope, ingestion: Ingestion): Promise<false> {
  await asWorker(scope, (tx) => nextAttempt(tx, ingestion));
  await dispatchIngestion(scope, ingestion.documentId);
  return false;
}

/**
 * Leaves a document waiting for the money it was refused. The wallet is looked at again, locked, behind everything else:
 * what came in before is seen here, and who adds later sees the document. @returns false when it is enough now
 */
async function awaitMoney(
  scope: TenantScope,
  ingestion: Ingestion,
  { reason, needed, capId }: MoneyRefusal,
): Promise<boolean> {
  return asWorker(scope, async (tx) => {
    const row = await lockLive(tx, ingestion);
    if (!row) return true;
    const isForCredit = reason === "needs_credit";
    if (isForCredit) {
      await lockWallet(tx, scope.tenantId);
      const wallet = await readWallet(tx, scope.tenantId);
      if (wallet && wallet.availableMicros >= needed) return false;
    }
    await tx
      .update(documents)
      .set({ waitReason: isForCredit ? "credit" : "cap", needed: microsToNumeric(needed), capId })
      .where(eq(documents.id, row.id));
    return true;
  });
}

/** Headings carry what a passage is about: they are embedded with it, as they are searched with it. */
function embeddedText({ heading, content }: { heading: string | null; content: string }): string {
  return heading ? `${heading}\n${content}` : content;
}

async function nextBatch(tx: Tx, ingestion: Ingestion) {
  const row = await lockToBegin(tx, ingestion);
  if (!row) return null;
  const chunks = await tx
    .select({
      id: documentChunks.id,
      heading: documentChunks.heading,
      content: documentChunks.content,
    })
    .from(documentChunks)
    .where(and(eq(documentChunks.documentId, row.id), isNull(documentChunks.embedding)))
    .orderBy(asc(documentChunks.position))
    .limit(EMBED_BATCH);
  return { chunks, modelKey: row.embeddingModelKey, agentId: row.agentId, uploadedBy: row.uploadedBy };
}

async function saveVectors(tx: Tx, documentId: string, ids: readonly string[], vectors: readonly number[][]) {
  const values = ids.map((id, index) => sql`(${id}::uuid, ${JSON.stringify(vectors[index])}::vector)`);
  await tx.execute(sql`
    update ${documentChunks} set embedding = given.embedding
    from (values ${sql.join(values, sql`, `)}) as given (id, embedding)
    where ${documentChunks.id} = given.id and ${documentChunks.documentId} = ${documentId}
  `);
}

async function saveProgress(tx: Tx, scope: TenantScope, documentId: string): Promise<number> {
  const [counts] = await tx
    .select({
      done: sql<number>`count(${documentChunks.embedding})::int`,
      total: sql<number>`count(*)::int`,
    })
    .from(documentChunks)
    .where(eq(documentChunks.documentId, documentId));
  const { done = 0, total = 0 } = counts ?? {};
  const isComplete = done === total;
  await tx
    .update(documents)
    .set({
      stage: isComplete ? "completed" : "embedding",
      chunksDone: done,
      ...(isComplete ? { uploadStatus: "completed", completedAt: currentTime(), errorMessage: null } : {}),
    })
    .where(eq(documents.id, documentId));
  if (isComplete) {
    const after = { chunks: total };
    await audit(tx, scope, {
      action: "document.complete",
      targetType: "document",
      targetId: documentId,
      after,
    });
  }
  return total - done;
}

/** Ends an attempt with a sentence for the person who uploaded the file. */
export async function failDocument(scope: TenantScope, ingestion: Ingestion, message: string): Promise<void> {
  authorize(scope, "knowledge.ingest");
  await asWorker(scope, async (tx) => {
    const row = await lockLive(tx, ingestion);
    if (!row) return;
    await tx
      .update(documents)
      .set({ uploadStatus: "failed", stage: "failed", errorMessage: message })
      .where(eq(documents.id, row.id));
    await audit(tx, scope, {
      action: "document.fail",
      targetType: "document",
      targetId: row.id,
      reason: message,
    });
  });
}
