import { and, eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { disputes, topups } from "@/db/schema/payments";
import { creditLots } from "@/db/schema/wallets";
import { audit } from "@/lib/audit/record";
import { loseInvoiceCommission } from "@/lib/billing/commission";
import { loseLotCommission } from "@/lib/billing/commission-back";
import { noteCreditBack } from "@/lib/billing/topup-document";
import { currentTime } from "@/lib/clock";
import { centsToMicros, microsFromNumeric } from "@/lib/money";
import type { Applied } from "@/lib/stripe/event-handler";
import { revokeDisputed } from "@/lib/subscriptions/revoke-plan";
import { creditWasAdded } from "@/lib/wallet/changes";
import { postCredit } from "@/lib/wallet/credit";
import { backBefore, paymentBehind, type SettledPayment } from "./find-payment";
import { STRIPE } from "./store";
import { taxOfBack } from "./topup-tax";

/** How far a dispute has come; an inquiry moves no money. */
const RANKS: Readonly<Record<string, number>> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  needs_response: 2,
  appeal_needs_response: 2,
  under_review: 3,
  appeal_under_review: 3,
  warning_closed: 4,
  prevented: 4,
  won: 5,
  lost: 5,
};

const isInquiry = (status: string) => status.startsWith("warning") || status === "prevented";
const isOver = (status: string) => (RANKS[status] ?? 0) >= 4;

type Known = { id: string; status: string };

/** The dispute's own row, locked, with what it said before. */
async function keepDispute(tx: Tx, payment: SettledPayment, dispute: Stripe.Dispute): Promise<Known> {
  const own = eq(disputes.stripeDisputeId, dispute.id);
  await tx
    .insert(disputes)
    .values({
      tenantId: payment.tenantId,
      paymentId: payment.id,
      stripeDisputeId: dispute.id,
      amountCents: BigInt(dispute.amount),
      reason: dispute.reason,
      status: "warning_needs_response",
      openedAt: new Date(dispute.created * 1000),
    })
    .onConflictDoNothing();
  const [row] = await tx
    .select({ id: disputes.id, status: disputes.status })
    .from(disputes)
    .where(own)
    .for("update");
  if (!row) throw new Error(`dispute ${dispute.id} is gone`);
  return row;
}

type Lot = { lotId: string; remaining: string };

async function lotOf(tx: Tx, { tenantId, topupId }: SettledPayment): Promise<Lot | null> {
  if (!topupId) return null;
  const [row] = await tx
    .select({ lotId: creditLots.id, remaining: creditLots.remaining })
    .from(topups)
    .innerJoin(creditLots, and(eq(creditLots.tenantId, topups.tenantId), eq(creditLots.id, topups.lotId)))
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  return row ?? null;
}

/** How much of what the bank took is tax, written down with the dispute. */
async function keepTax(tx: Tx, payment: SettledPayment, id: string, totalCents: bigint): Promise<bigint> {
  const whole = { totalCents: payment.amountCents, taxCents: payment.taxCents };
  const taxCents = taxOfBack(whole, await backBefore(tx, payment, id), totalCents);
  await tx.update(disputes).set({ taxCents }).where(eq(disputes.id, id));
  return taxCents;
}

/**
 * Freezes the credit that the disputed money bought, frees it when the dispute is won, takes it back when it is lost, and
 * the partner's commission on what was spent of it, or on the invoice, and the plan that the invoice paid for.
 */
async function moveCredit(
  tx: Tx,
  payment: SettledPayment,
  dispute: Stripe.Dispute,
  id: string,
): Promise<void> {
  const { tenantId, topupId, invoiceId } = payment;
  const totalCents = BigInt(dispute.amount);
  const lot = await lotOf(tx, payment);
  if (!lot || !topupId) {
    if (dispute.status !== "lost") return;
    if (invoiceId) {
      await loseInvoiceCommission(tx, {
        tenantId,
        invoiceId,
        kind: "dispute_lost",
        backCents: BigInt(dispute.amount),
        key: `dispute_lost:${id}`,
        disputeId: id,
        at: currentTime(),
      });
      await revokeDisputed(
        tx,
        STRIPE,
        { tenantId, invoiceId, backCents: BigInt(dispute.amount) },
        { reason: "A bank took the payment back.", key: `dispute:${id}` },
        currentTime(),
      );
    }
    const facts = { ...(invoiceId ? { invoiceId } : {}), reason: "A bank took the payment back." };
    const amount = -centsToMicros(totalCents);
    await postCredit(tx, { tenantId, kind: "adjustment", amount, key: `dispute:${id}:lost`, facts });
    return;
  }
  const facts = { lotId: lot.lotId, topupId };
  if (!isOver(dispute.status)) {
    await tx
      .update(disputes)
      .set({ frozen: lot.remaining })
      .where(and(eq(disputes.id, id), eq(disputes.frozen, "0")));
    await postCredit(tx, { tenantId, kind: "dispute", amount: 0n, key: `dispute:${id}:freeze`, facts });
  } else if (dispute.status === "lost") {
    await tx
      .update(topups)
      .set({ status: "disputed", updatedAt: sql`now()` })
      .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
    const taxCents = await keepTax(tx, payment, id, totalCents);
    const amount = centsToMicros(totalCents - taxCents);
    await loseLotCommission(tx, {
      tenantId,
      lotId: lot.lotId,
      amount: amount - microsFromNumeric(lot.remaining),
      kind: "dispute_lost",
      key: `dispute_lost:${id}`,
      disputeId: id,
      at: currentTime(),
    });
    await postCredit(tx, { tenantId, kind: "dispute", amount: -amount, key: `dispute:${id}:lost`, facts });
    const reason = "A bank took the payment back.";
    await noteCreditBack(tx, STRIPE, { tenantId, topupId, totalCents, taxCents, reason, at: currentTime() });
  } else {
    await postCredit(tx, { tenantId, kind: "dispute_won", amount: 0n, key: `dispute:${id}:won`, facts });
  }
}

/**
 * Applies what Stripe says of a dispute now, forward only. Lost: what is left of the credit is taken back, and what was
 * spent of it is owed. Won: it may be spent again.
 */
export async function applyDispute(
  tx: Tx,
  dispute: Stripe.Dispute,
  intent: Stripe.PaymentIntent | null,
): Promise<Applied> {
  const found = intent ? await paymentBehind(tx, intent) : null;
  if (!found) return { outcome: "ignored" };
  const { payment, afterwards } = found;
  const known = await keepDispute(tx, payment, dispute);
  const isNews =
    dispute.status !== known.status && (RANKS[dispute.status] ?? 0) >= (RANKS[known.status] ?? 0);
  if (!isNews || isOver(known.status)) return { outcome: "done", afterwards };
  await tx
    .update(disputes)
    .set({ status: dispute.status, closedAt: isOver(dispute.status) ? sql`now()` : null })
    .where(eq(disputes.id, known.id));
  await audit(tx, STRIPE, {
    action: isOver(dispute.status) ? "dispute.close" : "dispute.open",
    targetType: "dispute",
    targetId: known.id,
    tenantId: payment.tenantId,
    before: { status: known.status },
    after: { status: dispute.status, amountCents: String(dispute.amount), reason: dispute.reason },
  });
  if (!isInquiry(dispute.status)) await moveCredit(tx, payment, dispute, known.id);
  return {
    outcome: "done",
    afterwards: async () => {
      await afterwards();
      if (dispute.status === "won") await creditWasAdded(payment.tenantId);
    },
  };
}
