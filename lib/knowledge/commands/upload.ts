import "server-only";
import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { asTenant, type Tx } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { authorizeStill } from "@/lib/auth/authorize-still";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { log } from "@/lib/log";
import { storage } from "@/lib/storage/open";
import { documentKey, type StorageSource } from "@/lib/storage/storage";
import { dispatchIngestion } from "../dispatch";
import { MAX_UPLOAD_BYTES, type UploadInput } from "../input";
import { type DocumentFormat, formatOfFilename } from "../parse/document";
import { type DocumentSummary, loadDocument } from "../queries";
import { unsupportedFile } from "../rules";

/** `duplicate`: the tenant already has a file with exactly this content; `document` is that one. */
export type UploadResult = { kind: "stored" | "duplicate"; document: DocumentSummary };

/**
 * Stores a file as it streams in and starts its ingestion. The same content twice is noticed and not stored again.
 *
 * @throws AppError `invalid` for a kind of file that cannot be read, `limit_exceeded` over 50 MB, `not_found` for an
 * unknown agent, `unauthenticated` or `forbidden` for who may not upload any more when all of the file has come
 */
export async function uploadDocument(
  scope: TenantScope,
  input: UploadInput,
  source: StorageSource,
): Promise<UploadResult> {
  authorize(scope, "knowledge.upload");
  const format = requireFormat(input.filename);
  await asTenant(scope, (tx) => assertAgent(tx, input.agentId));
  const documentId = newId();
  const storageKey = documentKey(scope.tenantId, documentId);
  const hash = createHash("sha256");
  const { sizeBytes } = await storage().put(storageKey, hashing(source, hash), {
    maxBytes: MAX_UPLOAD_BYTES,
  });
  const file = { documentId, storageKey, format, sizeBytes, sha256: hash.digest("hex") };
  const result = await keepOrDiscard(scope, input, file);
  if (result.kind === "stored") await dispatchIngestion(scope, documentId);
  return result;
}

async function keepOrDiscard(
  scope: TenantScope,
  input: UploadInput,
  file: StoredFile,
): Promise<UploadResult> {
  try {
    if (file.sizeBytes === 0) throw fieldError("file", "The file is empty.");
    // A file takes as long to come as its sender likes.
    await authorizeStill(scope, "knowledge.upload");
    const result = await asTenant(scope, (tx) => insertDocument(tx, scope, input, file));
    if (result.kind === "duplicate") await discard(file.storageKey);
    return result;
  } catch (error) {
    // Anything but our own refusal may have happened after the commit: then a row needs the object.
    if (error instanceof AppError) await discard(file.storageKey);
    throw error;
  }
}

function requireFormat(filename: string): DocumentFormat {
  const format = formatOfFilename(filename);
  if (format) return format;
  throw fieldError("file", unsupportedFile());
}

async function assertAgent(tx: Tx, agentId: string | undefined): Promise<void> {
  if (!agentId) return;
  const [agent] = await tx.select({ id: agents.id }).from(agents).where(eq(agents.id, agentId)).limit(1);
  if (!agent) throw new AppError("not_found", "This agent does not exist.");
}

async function* hashing(source: StorageSource, hash: ReturnType<typeof createHash>) {
  for await (const chunk of source instanceof Uint8Array ? [source] : source) {
    hash.update(chunk);
    yield chunk;
  }
}

type StoredFile = {
  documentId: string;
  storageKey: string;
  format: DocumentFormat;
  sizeBytes: number;
  sha256: string;
};

async function insertDocument(
  tx: Tx,
  scope: TenantScope,
  input: UploadInput,
  file: StoredFile,
): Promise<UploadResult> {
  const [inserted] = await tx
    .insert(documents)
    .values({
      id: file.documentId,
      tenantId: scope.tenantId,
      agentId: input.agentId ?? null,
      filename: input.filename,
      fileType: file.format,
      fileSize: String(file.sizeBytes),
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      storageKey: file.storageKey,
      uploadedBy: "userId" in scope.actor ? scope.actor.userId : null,
    })
    .onConflictDoNothing({ target: [documents.tenantId, documents.sha256] })
    .returning({ id: documents.id });
  if (!inserted) return { kind: "duplicate", document: await findBySha256(tx, file.sha256) };
  await audit(tx, scope, {
    action: "document.upload",
    targetType: "document",
    targetId: file.documentId,
    after: { filename: input.filename, sizeBytes: file.sizeBytes, agentId: input.agentId ?? null },
  });
  return { kind: "stored", document: await loadDocument(tx, file.documentId) };
}

async function findBySha256(tx: Tx, sha256: string): Promise<DocumentSummary> {
  const [row] = await tx.select({ id: documents.id }).from(documents).where(eq(documents.sha256, sha256));
  if (!row) throw new AppError("conflict", "This file was just deleted. Upload it again.");
  return loadDocument(tx, row.id);
}

/** An object that belongs to no row only costs space, so a failure here must not hide how the upload went. */
async function discard(storageKey: string): Promise<void> {
  await storage()
    .delete(storageKey)
    .catch((error: unknown) =>
      log.warn({ err: error, storageKey }, "an orphaned original could not be deleted"),
    );
}
