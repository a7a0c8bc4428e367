import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { isSuspended } from "./store";

/** One try at a document. A newer attempt, a deletion or an end makes every verb on it do nothing. */
export type Ingestion = { documentId: string; attempt: number };

const isLive = ({ documentId, attempt }: Ingestion) =>
  and(
    eq(documents.id, documentId),
    eq(documents.attempt, attempt),
    eq(documents.uploadStatus, "processing"),
    // One that waits for money goes on as a new attempt.
    isNull(documents.waitReason),
  );

/** The document while this attempt is its current one and still under way; locked. */
export async function lockLive(tx: Tx, ingestion: Ingestion) {
  const [row] = await tx.select().from(documents).where(isLive(ingestion)).for("update");
  return row ?? null;
}

/**
 * The same before anything that costs money: in a workspace that is suspended it ends the attempt instead, and the sweep
 * begins the next one when it is active again.
 */
export async function lockToBegin(tx: Tx, ingestion: Ingestion) {
  await nextAttempt(tx, ingestion, isSuspended);
  return lockLive(tx, ingestion);
}

/** Ends this attempt of a document that is under way, where `when` holds: the next one has to be sent. */
export async function nextAttempt(tx: Tx, ingestion: Ingestion, when?: SQL): Promise<void> {
  await tx
    .update(documents)
    .set({ attempt: sql`${documents.attempt} + 1`, dispatchedAt: null })
    .where(and(isLive(ingestion), when));
}
