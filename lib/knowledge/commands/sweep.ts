import "server-only";
import { and, asc, eq, isNull, lt, not } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { jobScope } from "@/lib/auth/scope";
import { dispatchIngestion } from "../dispatch";
import { isSuspended } from "../store";

const JOB = "sweep-documents";
/** An upload sends its own event at once; only what is older was missed. */
const GRACE_MS = 60_000;
const BATCH = 200;

/** Sends again what an upload or a retry could not send, and what a suspension stopped that is over. @returns how many documents were waiting */
export async function dispatchWaitingDocuments(now: Date): Promise<number> {
  const waiting = await asSystem(JOB, (tx) =>
    tx
      .select({ id: documents.id, tenantId: documents.tenantId })
      .from(documents)
      .where(
        and(
          eq(documents.uploadStatus, "processing"),
          isNull(documents.dispatchedAt),
          not(isSuspended),
          lt(documents.updatedAt, new Date(now.getTime() - GRACE_MS)),
        ),
      )
      .orderBy(asc(documents.id))
      .limit(BATCH),
  );
  for (const { id, tenantId } of waiting) await dispatchIngestion(await jobScope(tenantId, JOB), id);
  return waiting.length;
}
