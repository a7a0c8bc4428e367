import "server-only";
import { and, eq, inArray, sql } from "drizzle-orm";
import { asWorker } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { payableOf } from "@/lib/wallet/payable";
import { DOCUMENTS } from "@/lib/wallet/unpaid";
import { dispatchIngestion } from "../dispatch";

/**
 * Lets documents that wait for money go on, oldest first, as far as the credit and the caps reach: from the passage at
 * which they stopped. @returns how many
 */
export async function wakePaidDocuments(scope: TenantScope): Promise<number> {
  authorize(scope, "knowledge.ingest");
  const woken = await asWorker(scope, async (tx) => {
    const ids = await payableOf(tx, scope, DOCUMENTS);
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
  return woken.length;
}
