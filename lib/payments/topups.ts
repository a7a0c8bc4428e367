import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { topups } from "@/db/schema/payments";
import { audit } from "@/lib/audit/record";
import { microsFromNumeric } from "@/lib/money";
import type { Applied } from "@/lib/stripe/event-handler";
import { creditWasAdded } from "@/lib/wallet/changes";
import { postCredit } from "@/lib/wallet/credit";
import { STRIPE } from "./store";

const topupIs = (tenantId: string, topupId: string) =>
  and(eq(topups.tenantId, tenantId), eq(topups.id, topupId));

async function lockTopup(tx: Tx, tenantId: string, topupId: string) {
  const [row] = await tx.select().from(topups).where(topupIs(tenantId, topupId)).for("update");
  if (!row) throw new Error(`top-up ${topupId} is gone`);
  return row;
}

/** The money of a top-up has arrived: its credit is given, once. */
export async function topupPaid(tx: Tx, tenantId: string, topupId: string): Promise<Applied> {
  const topup = await lockTopup(tx, tenantId, topupId);
  if (topup.lotId) return { outcome: "done" };
  await audit(tx, STRIPE, {
    action: "topup.paid",
    targetType: "topup",
    targetId: topupId,
    tenantId,
    before: { status: topup.status },
    after: { status: "paid", amount: topup.amount },
  });
  const { lotId } = await postCredit(tx, {
    tenantId,
    kind: "topup",
    source: "paid",
    amount: microsFromNumeric(topup.amount),
    key: `topup:${topupId}`,
    facts: { topupId },
  });
  await tx
    .update(topups)
    .set({ status: "paid", lotId, updatedAt: sql`now()` })
    .where(topupIs(tenantId, topupId));
  return { outcome: "done", afterwards: () => creditWasAdded(tenantId) };
}

/** Nobody will pay it any more. */
export async function topupUnpaid(tx: Tx, tenantId: string, topupId: string): Promise<void> {
  await tx
    .update(topups)
    .set({ status: "canceled", updatedAt: sql`now()` })
    .where(and(topupIs(tenantId, topupId), eq(topups.status, "pending")));
}
