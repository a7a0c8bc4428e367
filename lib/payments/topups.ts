import { and, eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { autoTopups } from "@/db/schema/caps";
import { topups } from "@/db/schema/payments";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { tryToIssue } from "@/lib/billing/commands/issue";
import { restoreForPaidDebts } from "@/lib/billing/commission-back";
import type { Tax } from "@/lib/billing/tax";
import { billCredit } from "@/lib/billing/topup-document";
import { currentTime } from "@/lib/clock";
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

/** The tax that a top-up was ordered with; null when it bears none. */
export function taxOfTopup({
  taxPercent,
  taxNote,
}: Pick<typeof topups.$inferSelect, "taxPercent" | "taxNote">): Tax | null {
  return taxPercent === null ? null : { percent: taxPercent, note: taxNote ?? "" };
}

/**
 * The money of a top-up has arrived: its credit is given, without the tax, and it gets its invoice, once. The last thing of
 * the caller's transaction.
 */
export async function topupPaid(
  tx: Tx,
  tenantId: string,
  topupId: string,
  by: PlatformScope | AuditActor = STRIPE,
  paymentNote?: string,
): Promise<Applied> {
  const topup = await lockTopup(tx, tenantId, topupId);
  if (topup.lotId) return { outcome: "done" };
  await audit(tx, by, {
    action: "topup.paid",
    targetType: "topup",
    targetId: topupId,
    tenantId,
    before: { status: topup.status },
    after: { status: "paid", amount: topup.amount, taxCents: topup.taxCents.toString() },
  });
  const { lotId } = await postCredit(tx, {
    tenantId,
    kind: "topup",
    source: "paid",
    amount: microsFromNumeric(topup.amount),
    key: `topup:${topupId}`,
    facts: { topupId },
  });
  await restoreForPaidDebts(tx, { tenantId, lotKey: `topup:${topupId}`, at: currentTime() });
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
  const { invoiceId } = await billCredit(tx, by, {
    tenantId,
    topupId,
    amount: microsFromNumeric(topup.amount),
    tax: taxOfTopup(topup),
    taxCents: topup.taxCents,
    ...(paymentNote ? { paymentNote } : {}),
    at: currentTime(),
  });
  return {
    outcome: "done",
    afterwards: async () => {
      await creditWasAdded(tenantId);
      await tryToIssue(invoiceId);
    },
  };
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
