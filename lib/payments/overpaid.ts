import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditLots } from "@/db/schema/wallets";
import { overpaidKey } from "@/lib/billing/apply-payment";
import { loseLotCommission } from "@/lib/billing/commission-back";
import { currentTime } from "@/lib/clock";
import { centsToMicros, least, type Micros, microsFromNumeric } from "@/lib/money";
import { postCredit } from "@/lib/wallet/credit";
import { lockWallet } from "@/lib/wallet/lock";
import { backBefore, type SettledPayment } from "./find-payment";

/** A refund or a dispute that is being applied, over so much. */
export type GoingBack = { totalCents: bigint } & (
  | { disputeId: string; refundId?: undefined }
  | { refundId: string; disputeId?: undefined }
);

/** The part of what goes back that had become credit. */
export type OverpaidBack = { lotId: string; cents: bigint };

/**
 * A payment that was more than its invoice needed became credit: of money that goes back, the invoice's part is the first.
 * The caller holds the payment.
 * @returns what goes back beyond that; null when it is nothing
 */
export async function overpaidOf(
  tx: Tx,
  payment: SettledPayment,
  back: GoingBack,
): Promise<OverpaidBack | null> {
  const { tenantId } = payment;
  const [lot] = await tx
    .select({ id: creditLots.id, amount: creditLots.amount })
    .from(creditLots)
    .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.key, overpaidKey(payment.id))));
  if (!lot) return null;
  const wholeCents = microsFromNumeric(lot.amount) / centsToMicros(1n);
  const within = (cents: bigint) => {
    const beyond = cents - (payment.amountCents - wholeCents);
    return beyond > 0n ? least(beyond, wholeCents) : 0n;
  };
  const earlier = await backBefore(tx, payment, back);
  const beforeCents = earlier.reduce((sum, { totalCents }) => sum + totalCents, 0n);
  const cents = within(beforeCents + back.totalCents) - within(beforeCents);
  return cents > 0n ? { lotId: lot.id, cents } : null;
}

/**
 * Takes what is left of such credit; of what was spent of it partners lose what they earned. The wallet is locked from here on.
 * @returns what was still there and is taken: the rest is owed
 */
export async function takeOverpaid(
  tx: Tx,
  { tenantId }: SettledPayment,
  { disputeId, refundId }: GoingBack,
  { lotId, cents }: OverpaidBack,
): Promise<Micros> {
  await lockWallet(tx, tenantId);
  const [lot] = await tx
    .select({ remaining: creditLots.remaining })
    .from(creditLots)
    .where(and(eq(creditLots.tenantId, tenantId), eq(creditLots.id, lotId)));
  const over = centsToMicros(cents);
  const taken = least(over, microsFromNumeric(lot?.remaining ?? "0"));
  const spent = { tenantId, lotId, amount: over - taken, at: currentTime() };
  if (disputeId)
    await loseLotCommission(tx, {
      ...spent,
      kind: "dispute_lost",
      key: `dispute_lost:${disputeId}:over`,
      disputeId,
    });
  else await loseLotCommission(tx, { ...spent, kind: "topup_refunded", key: `refund:${refundId}:over` });
  if (taken > 0n)
    await postCredit(tx, {
      tenantId,
      kind: disputeId ? "dispute" : "refund",
      amount: -taken,
      key: disputeId ? `dispute:${disputeId}:over` : `refund:${refundId}`,
      facts: { lotId, reason: disputeId ? "A bank took the payment back." : "Refunded at Stripe." },
    });
  return taken;
}
