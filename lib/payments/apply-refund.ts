import { and, eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { refunds, topups } from "@/db/schema/payments";
import { creditLots } from "@/db/schema/wallets";
import { audit } from "@/lib/audit/record";
import { loseInvoiceCommission } from "@/lib/billing/commission";
import { loseLotCommission, restoreCommission } from "@/lib/billing/commission-back";
import { giveNoteCredit } from "@/lib/billing/note-credit";
import { takeNumber } from "@/lib/billing/number";
import { draftNoteOfRefund } from "@/lib/billing/refund-document";
import { noteCreditBack } from "@/lib/billing/topup-document";
import { currentTime } from "@/lib/clock";
import { isId } from "@/lib/ids";
import { centsToMicros, type Micros, microsFromNumeric } from "@/lib/money";
import type { Applied } from "@/lib/stripe/event-handler";
import { revokeDisputed } from "@/lib/subscriptions/revoke-plan";
import { postCredit } from "@/lib/wallet/credit";
import { lockWallet } from "@/lib/wallet/lock";
import { creditBackOf, keysOfCreditTaken, takeCreditBack } from "./credit-back";
import { type Behind, backBefore, paymentBehind, type SettledPayment } from "./find-payment";
import { STRIPE } from "./store";
import { taxOfBack } from "./topup-tax";
import { sellAgain, undoPosted } from "./undo";

type Known = {
  id: string;
  status: string;
  amountCents: bigint;
  taxCents: bigint;
  reason: string;
  creditNoteId: string | null;
  isNew: boolean;
};

/** What a refund of Stripe's is called here. */
function statusOf(refund: Stripe.Refund): "pending" | "succeeded" | "failed" {
  if (refund.status === "succeeded") return "succeeded";
  return refund.status === "failed" || refund.status === "canceled" ? "failed" : "pending";
}

/** Our row of a refund, locked: the one that asked for it, or a new one for a refund that was made at Stripe. */
async function keepRefund(tx: Tx, payment: SettledPayment, refund: Stripe.Refund): Promise<Known> {
  const asked = refund.metadata?.refund_id;
  const id = isId(asked) ? asked : null;
  const own = id
    ? and(eq(refunds.tenantId, payment.tenantId), eq(refunds.id, id))
    : and(eq(refunds.tenantId, payment.tenantId), eq(refunds.stripeRefundId, refund.id));
  const amountCents = BigInt(refund.amount);
  const whole = { totalCents: payment.amountCents, taxCents: payment.taxCents };
  const made = id
    ? []
    : await tx
        .insert(refunds)
        .values({
          tenantId: payment.tenantId,
          paymentId: payment.id,
          amountCents,
          taxCents: taxOfBack(whole, await backBefore(tx, payment), amountCents),
          reason: refund.reason ?? "Refunded at Stripe.",
          stripeRefundId: refund.id,
        })
        .onConflictDoNothing()
        .returning({ id: refunds.id });
  const [row] = await tx
    .select({
      id: refunds.id,
      status: refunds.status,
      amountCents: refunds.amountCents,
      taxCents: refunds.taxCents,
      reason: refunds.reason,
      creditNoteId: refunds.creditNoteId,
    })
    .from(refunds)
    .where(own)
    .for("update");
  if (!row) throw new Error(`refund ${refund.id} is not known`);
  return { ...row, isNew: made.length > 0 };
}

/** What a refund takes of commission, to be found again should it fail. */
const commissionKey = (refundId: string) => `refund:${refundId}`;

/** Takes refunded money out of the credit it bought; what was spent of it is owed, and earns no commission any more. */
export async function lowerCredit(
  tx: Tx,
  payment: SettledPayment,
  refundId: string,
  amount: Micros,
  reason?: string,
): Promise<void> {
  const { tenantId, topupId } = payment;
  if (!topupId) return;
  // What is left is told behind the lock: of what is spent until then, commission is lost.
  await lockWallet(tx, tenantId);
  const [lot] = await tx
    .select({ id: creditLots.id, remaining: creditLots.remaining })
    .from(topups)
    .innerJoin(creditLots, and(eq(creditLots.tenantId, topups.tenantId), eq(creditLots.id, topups.lotId)))
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  const left = lot ? microsFromNumeric(lot.remaining) : 0n;
  const taken = left < amount ? left : amount;
  if (lot && taken < amount)
    await loseLotCommission(tx, {
      tenantId,
      lotId: lot.id,
      amount: amount - taken,
      kind: "topup_refunded",
      key: commissionKey(refundId),
      at: currentTime(),
    });
  if (lot && taken > 0n) {
    const facts = { lotId: lot.id, topupId, ...(reason ? { reason } : {}) };
    await postCredit(tx, { tenantId, kind: "refund", amount: -taken, key: `refund:${refundId}`, facts });
  }
  if (taken < amount) {
    const facts = { topupId, reason: "Refunded after it was spent." };
    const key = `refund:${refundId}:spent`;
    await postCredit(tx, { tenantId, kind: "adjustment", amount: taken - amount, key, facts });
  }
}

/**
 * The money did not go back: what was taken out of the credit, and what was owed for it, is undone as it was done. What a
 * credit note had promised is credit instead.
 */
export async function restoreCredit(tx: Tx, tenantId: string, refundId: string): Promise<void> {
  const [refund] = await tx
    .select({ amountCents: refunds.amountCents, creditNoteId: refunds.creditNoteId })
    .from(refunds)
    .where(and(eq(refunds.tenantId, tenantId), eq(refunds.id, refundId)));
  if (refund?.creditNoteId) {
    await giveNoteCredit(tx, {
      tenantId,
      creditNoteId: refund.creditNoteId,
      amount: centsToMicros(refund.amountCents),
      key: `refund:${refundId}:as_credit`,
      reason: "The refund could not be sent: it is credit now.",
      at: currentTime(),
    });
    return;
  }
  await restoreCommission(tx, tenantId, commissionKey(refundId), currentTime());
  const ofNotes = await keysOfCreditTaken(tx, tenantId, `refund:${refundId}`);
  const keys = [`refund:${refundId}`, ...ofNotes, `refund:${refundId}:spent`];
  await undoPosted(tx, tenantId, keys, "The refund failed.");
}

/**
 * What is written of money that went back, or came again. Numbers are taken by the last statements of a
 * transaction: after every wallet that it changes.
 */
type Paper = (tx: Tx) => Promise<void>;

function paperOf(payment: SettledPayment, known: Known, status: string): Paper | null {
  const { tenantId, topupId } = payment;
  if (!topupId || status !== "succeeded") return null;
  const { amountCents: totalCents, taxCents, reason } = known;
  const at = currentTime();
  return (tx) => noteCreditBack(tx, STRIPE, { tenantId, topupId, totalCents, taxCents, reason, at });
}

/** The credit note of a refund that failed stands as it was issued: what it took back is sold again. */
function againOf(payment: SettledPayment, known: Known, status: string): Paper | null {
  if (status !== "failed" || known.status !== "succeeded") return null;
  return (tx) => sellAgain(tx, payment, "A refund that failed: the credit is back.");
}

/** An invoice's money was given back at Stripe: its credit note, and a debt of what went back beyond the invoice. */
async function noteOfInvoice(tx: Tx, payment: SettledPayment, known: Known): Promise<Paper | null> {
  const { tenantId, invoiceId } = payment;
  if (!invoiceId || known.creditNoteId) return null;
  const { amountCents: totalCents, reason } = known;
  const drafted = await draftNoteOfRefund(tx, STRIPE, { tenantId, invoiceId, totalCents, reason });
  const { creditNoteId, beyondCents } = drafted;
  if (creditNoteId) {
    await tx.update(refunds).set({ creditNoteId }).where(eq(refunds.id, known.id));
    // The note is counted already: with the last money goes the plan that the invoice paid for.
    const undone = { reason, key: `refund:${known.id}` };
    await revokeDisputed(tx, STRIPE, { tenantId, invoiceId, backCents: 0n }, undone, currentTime());
  }
  if (beyondCents > 0n) await takeBeyond(tx, payment, known, beyondCents);
  if (!creditNoteId) return null;
  return async (last) => {
    await takeNumber(last, "CN", "credit_notes", creditNoteId, currentTime());
  };
}

/** What went back beyond the invoice is taken out of the credit that it had become, and is owed as far as that is spent. */
async function takeBeyond(
  tx: Tx,
  payment: SettledPayment,
  { id, amountCents }: Known,
  beyondCents: bigint,
): Promise<void> {
  const { tenantId, invoiceId } = payment;
  const back = { totalCents: amountCents, refundId: id };
  const parts = await creditBackOf(tx, payment, back, beyondCents);
  const owed = centsToMicros(beyondCents) - (await takeCreditBack(tx, payment, back, parts));
  if (owed <= 0n) return;
  await postCredit(tx, {
    tenantId,
    kind: "adjustment",
    amount: -owed,
    key: `refund:${id}:spent`,
    facts: {
      ...(invoiceId ? { invoiceId } : {}),
      reason: "Refunded beyond what was left of the invoice.",
    },
  });
}

type AppliedRefund = Applied & { paper?: Paper | null; again?: Paper | null };

/** Applies what Stripe says of a refund now: once for its id, forward only; one that fails undoes itself. */
async function applyOne(tx: Tx, refund: Stripe.Refund, behind: Behind | null): Promise<AppliedRefund> {
  const found = behind ? await paymentBehind(tx, behind) : null;
  if (!found) return { outcome: "ignored" };
  const { payment, afterwards } = found;
  const known = await keepRefund(tx, payment, refund);
  const status = statusOf(refund);
  const credit = centsToMicros(known.amountCents - known.taxCents);
  const isNews = known.status !== "failed" && status !== known.status && status !== "pending";
  if (known.isNew && status !== "failed") {
    if (payment.invoiceId)
      await loseInvoiceCommission(tx, {
        tenantId: payment.tenantId,
        invoiceId: payment.invoiceId,
        kind: "invoice_refunded",
        backCents: BigInt(refund.amount),
        key: commissionKey(known.id),
        at: currentTime(),
      });
    await lowerCredit(tx, payment, known.id, credit);
  }
  if (isNews && status === "failed" && !known.isNew) await restoreCredit(tx, payment.tenantId, known.id);
  const note = isNews && status === "succeeded" ? await noteOfInvoice(tx, payment, known) : null;
  if (known.isNew || isNews) {
    await tx
      .update(refunds)
      .set({ status, stripeRefundId: refund.id, updatedAt: sql`now()` })
      .where(eq(refunds.id, known.id));
    await audit(tx, STRIPE, {
      action: `refund.${status}`,
      targetType: "refund",
      targetId: known.id,
      tenantId: payment.tenantId,
      before: { status: known.isNew ? null : known.status },
      after: { status, amountCents: String(refund.amount) },
    });
  }
  if (!isNews) return { outcome: "done", afterwards };
  return {
    outcome: "done",
    afterwards,
    paper: note ?? paperOf(payment, known, status),
    again: againOf(payment, known, status),
  };
}

/** Applies refunds of one charge, each once; what is written of them comes last. */
export async function applyRefunds(
  tx: Tx,
  refunds: readonly Stripe.Refund[],
  behind: Behind | null,
): Promise<Applied> {
  const applied: AppliedRefund[] = [];
  for (const refund of refunds) applied.push(await applyOne(tx, refund, behind));
  for (const { paper } of applied) await paper?.(tx);
  for (const { again } of applied) await again?.(tx);
  const { outcome = "ignored", afterwards } = applied.at(-1) ?? {};
  return { outcome, ...(afterwards ? { afterwards } : {}) };
}
