import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { autoTopups } from "@/db/schema/caps";
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
  if (topup.kind === "auto") {
    await tx
      .update(autoTopups)
      .set({ failures: 0, disabledReason: null })
      .where(eq(autoTopups.tenantId, tenantId));
  }
  return { outcome: "done", afterwards: () => creditWasAdded(tenantId) };
}

const MAX_FAILURES = 3;

/** A top-up that nobody was there for was declined: it is over, and after three in a row none is tried any more. */
export async function topupDeclined(
  tx: Tx,
  tenantId: string,
  topupId: string,
  message: string,
): Promise<void> {
  const [failed] = await tx
    .update(topups)
    .set({ status: "failed", updatedAt: sql`now()` })
    .where(and(topupIs(tenantId, topupId), eq(topups.kind, "auto"), eq(topups.status, "pending")))
    .returning({ id: topups.id });
  if (!failed) return;
  const [auto] = await tx
    .update(autoTopups)
    .set({
      failures: sql`${autoTopups.failures} + 1`,
      isOn: sql`${autoTopups.isOn} and ${autoTopups.failures} + 1 < ${MAX_FAILURES}`,
      disabledReason: sql`case when ${autoTopups.failures} + 1 >= ${MAX_FAILURES} then ${message}::text end`,
      updatedAt: sql`now()`,
    })
    .where(eq(autoTopups.tenantId, tenantId))
    .returning({ isOn: autoTopups.isOn, failures: autoTopups.failures });
  await audit(tx, STRIPE, {
    action: "topup.failed",
    targetType: "topup",
    targetId: topupId,
    tenantId,
    after: { failures: auto?.failures ?? null, isOn: auto?.isOn ?? null },
    reason: message,
  });
}

/** Nobody will pay it any more. */
export async function topupUnpaid(tx: Tx, tenantId: string, topupId: string): Promise<void> {
  await tx
    .update(topups)
    .set({ status: "canceled", updatedAt: sql`now()` })
    .where(and(topupIs(tenantId, topupId), eq(topups.status, "pending")));
}
