import "server-only";
import { eq, sql } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { documentChunks, documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { storage } from "@/lib/storage/open";
import { dispatchIngestion } from "../dispatch";
import type { DocumentIdInput } from "../input";
import { lockDocument } from "../store";

/**
 * Deletes a document with its passages and its original. Runs keep what they quoted. An ingestion under way ends
 * quietly. @throws AppError `not_found`
 */
export async function deleteDocument(scope: TenantScope, { documentId }: DocumentIdInput): Promise<void> {
  authorize(scope, "knowledge.delete");
  const storageKey = await asTenant(scope, async (tx) => {
    const row = await lockDocument(tx, documentId);
    await tx.delete(documentChunks).where(eq(documentChunks.documentId, documentId));
    await tx.delete(documents).where(eq(documents.id, documentId));
    await audit(tx, scope, {
      action: "document.delete",
      targetType: "document",
      targetId: documentId,
      before: { filename: row.filename, sizeBytes: row.sizeBytes, status: row.uploadStatus },
    });
    return row.storageKey;
  });
  // The row is gone either way; what is left behind only costs space.
  await storage()
    .delete(storageKey)
    .catch((error: unknown) => log.warn({ err: error, storageKey }, "an original could not be deleted"));
}

/**
 * Tries a failed document again, from where it failed: passages that were embedded already are kept and not billed
 * again. @throws AppError `not_found`, `precondition` when it has not failed
 */
export async function retryDocument(scope: TenantScope, { documentId }: DocumentIdInput): Promise<void> {
  authorize(scope, "knowledge.upload");
  await asTenant(scope, async (tx) => {
    const row = await lockDocument(tx, documentId);
    if (row.uploadStatus !== "failed") {
      throw new AppError("precondition", "Only a document that failed can be tried again.");
    }
    await tx
      .update(documents)
      .set({
        uploadStatus: "processing",
        stage: "stored",
        errorMessage: null,
        attempt: sql`${documents.attempt} + 1`,
        dispatchedAt: null,
      })
      .where(eq(documents.id, documentId));
    await audit(tx, scope, { action: "document.retry", targetType: "document", targetId: documentId });
  });
  await dispatchIngestion(scope, documentId);
}
