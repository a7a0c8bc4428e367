import "server-only";
import { and, asc, eq, isNull, lt, not, or } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { jobScope } from "@/lib/auth/scope";
import { env } from "@/lib/env";
import { dispatchIngestion } from "../dispatch";
import { isSuspended } from "../store";

const JOB = "sweep-documents";
/** An upload sends its own event at once; only what is older was missed. */
const GRACE_MS = 60_000;
/** Without progress for so long, what an Inngest server took is sent again: it may have forgotten it. Longer than it waits for another try. */
const FORGOTTEN_MS = 10 * 60_000;
const BATCH = 200;

/**
 * Sends again what an upload or a retry could not send, what a suspension stopped that is over, and what an Inngest
 * server forgot; the embedded engine keeps what it takes in the database. @returns how many documents were waiting
 */
export async function dispatchWaitingDocuments(now: Date): Promise<number> {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const isForgotten =
    env().engine === "inngest"
      ? and(
          lt(documents.dispatchedAt, before(FORGOTTEN_MS)),
          lt(documents.updatedAt, before(FORGOTTEN_MS)),
          isNull(documents.waitReason),
        )
      : undefined;
  const waiting = await asSystem(JOB, (tx) =>
    tx
      .select({ id: documents.id, tenantId: documents.tenantId, sentAt: documents.dispatchedAt })
      .from(documents)
      .where(
        and(
          eq(documents.uploadStatus, "processing"),
          not(isSuspended),
          or(and(isNull(documents.dispatchedAt), lt(documents.updatedAt, before(GRACE_MS))), isForgotten),
        ),
      )
      .orderBy(asc(documents.id))
      .limit(BATCH),
  );
  for (const { id, tenantId, sentAt } of waiting)
    await dispatchIngestion(
      await jobScope(tenantId, JOB),
      id,
      sentAt ? `again:${sentAt.getTime()}` : undefined,
    );
  return waiting.length;
}
