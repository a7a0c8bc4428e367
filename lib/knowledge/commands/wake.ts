import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker, type Tx } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { payableOf, readToAskAgain } from "@/lib/wallet/payable";
import { DOCUMENTS } from "@/lib/wallet/unpaid";
import { dispatchIngestion } from "../dispatch";

/**
 * Lets documents that wait for money go on, oldest first, as far as the credit and the caps reach: from the passage at
 * which they stopped. @returns how many
 */
export async function wakePaidDocuments(scope: TenantScope): Promise<number> {
  authorize(scope, "knowledge.ingest");
  return (await wake(scope, (tx) => payableOf(tx, scope, DOCUMENTS))).length;
}

/** Lets all that wait for money be asked again, at the prices of now. */
export async function askDocumentsAgain(scope: TenantScope): Promise<void> {
  authorize(scope, "knowledge.ingest");
  for (let after: string | null = null; ; ) {
    const from: string | null = after;
    const woken = await wake(scope, (tx) => readToAskAgain(tx, scope, DOCUMENTS, from));
    const last = woken.at(-1);
    if (last === undefined) return;
    after = last;
  }
}

/** Starts those that are chosen again. */
async function wake(scope: TenantScope, choose: (tx: Tx) => Promise<string[]>): Promise<readonly string[]> {
  const woken = await asWorker(scope, async (tx) => {
    const ids = await choose(tx);
    if (ids.length > 0)
      await tx
        .update(documents)
        .set({
          waitReason: null,
          needed: null,
          capId: null,
          attempt: sql`${documents.attempt} + 1`,
          dispatchedAt: null,
        })
        .where(and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, ids)));
    return ids;
  });
  for (const documentId of woken) await dispatchIngestion(scope, documentId);
  return woken;
}
