import "server-only";
import { and, eq } from "drizzle-orm";
import { asTenant } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { documentUploaded } from "@/inngest/events";
import { databaseTime } from "@/lib/clock";
import { log } from "@/lib/log";

/**
 * Tells the engine that a document waits. Never throws: what could not be sent stays marked as not dispatched and is
 * sent again by the sweeper. Sending twice starts one ingestion, because the event's id names document and attempt.
 * @param again names a further sending of an attempt that was sent
 */
export async function dispatchIngestion(
  scope: TenantScope,
  documentId: string,
  again?: string,
): Promise<void> {
  try {
    const [row] = await asTenant(scope, (tx) =>
      tx.select({ attempt: documents.attempt }).from(documents).where(eq(documents.id, documentId)),
    );
    if (!row) return;
    const data = { tenantId: scope.tenantId, documentId, attempt: row.attempt };
    const id = `document:${documentId}:${row.attempt}`;
    await inngest.send(documentUploaded.create(data, { id: again ? `${id}:${again}` : id }));
    await asTenant(scope, (tx) =>
      tx
        .update(documents)
        .set({ dispatchedAt: databaseTime() })
        // Meanwhile another attempt may have begun, which was not sent by this.
        .where(and(eq(documents.id, documentId), eq(documents.attempt, row.attempt))),
    );
  } catch (error) {
    log.warn({ err: error, documentId }, "an ingestion could not be started yet");
  }
}
