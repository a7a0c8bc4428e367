import { and, eq, inArray, isNull, lte, ne, or, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { disputes, topups } from "@/db/schema/payments";
import { creditLots } from "@/db/schema/wallets";
import { audit } from "@/lib/audit/record";
import { loseInvoiceCommission } from "@/lib/billing/commission";
import { loseLotCommission, restoreCommission } from "@/lib/billing/commission-back";
import { freezing } from "@/lib/billing/note-credit";
import { noteCreditBack } from "@/lib/billing/topup-document";
import { currentTime } from "@/lib/clock";
import { centsToMicros, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import type { Applied } from "@/lib/stripe/event-handler";
import { revokeDisputed } from "@/lib/subscriptions/revoke-plan";
import { creditWasAdded } from "@/lib/wallet/changes";
import { postCredit } from "@/lib/wallet/credit";
import { lockWallet } from "@/lib/wallet/lock";
import {
  centsOf,
  creditBackOf,
  freeCredit,
  freezeCredit,
  keysOfCreditTaken,
  takeCreditBack,
} from "./credit-back";
import { type Behind, backBefore, keptOf, paymentBehind, type SettledPayment } from "./find-payment";
import { STRIPE } from "./store";
import { taxOfBack } from "./topup-tax";
import { sellAgain, undoPosted } from "./undo";

/** How far a dispute has come; an inquiry moves no money. */
const RANKS: Readonly<Record<string, number>> = {
  warning_needs_response: 0,
  warning_under_review: 1,
  needs_response: 2,
  under_review: 3,
  warning_closed: 4,
  prevented: 4,
  lost: 5,
  won: 6,
};

const isInquiry = (status: string) => status.startsWith("warning") || status === "prevented";
const isOver = (status: string) => (RANKS[status] ?? 0) >= 4;

/** Whether the bank has the money: Stripe says what was taken, and what of it came back. */
const isTaken = ({ balance_transactions }: Stripe.Dispute) =>
  balance_transactions.reduce((sum, { amount }) => sum + amount, 0) < 0;

/**
 * The bank has taken the money while an appeal is heard: until that is won, the dispute is lost. So is one that was
 * prevented by giving the payer the money.
 */
function standingOf(dispute: Stripe.Dispute): string {
  const { status } = dispute;
  const isLost = status.startsWith("appeal") || (status === "prevented" && isTaken(dispute));
  return isLost ? "lost" : status;
}

/** Ended without a decision: a bank may still take the money, also much later. */
const isDropped = (status: string) => isOver(status) && isInquiry(status);

/**
 * Nothing follows an end, but that a loss may be turned by an appeal, and that a dispute which was dropped becomes a real one.
 * Both ways of the latter are possible, and so what was seen last counts.
 */
function mayFollow(before: string, after: string, isNewest: boolean): boolean {
  if (!isNewest && (isDropped(before) || isDropped(after))) return false;
  if (isDropped(before)) return !isInquiry(after);
  return (
    (RANKS[after] ?? 0) > (RANKS[before] ?? 0) && (!isOver(before) || (before === "lost" && after === "won"))
  );
}

type Known = { id: string; status: string };

/** What a dispute has come to, and over how much. */
type Heard = Known & { totalCents: bigint };

/** A dispute of Stripe's as it was when it was asked for. */
export type SeenDispute = { dispute: Stripe.Dispute; seenAt: Date };

/** When the evidence is due; Stripe says nothing, or zero, where the bank takes none. */
function deadlineOf({ evidence_details: { due_by } }: Stripe.Dispute): Date | null {
  return due_by ? new Date(due_by * 1000) : null;
}

/**
 * How it stands and by when it is to be answered, unless somebody has looked since: what is newer is never overwritten.
 * @returns whether this is the newest
 */
async function keepStage(tx: Tx, id: string, { dispute, seenAt }: SeenDispute): Promise<boolean> {
  const kept = await tx
    .update(disputes)
    .set({ stage: dispute.status, evidenceDueAt: deadlineOf(dispute), isLive: dispute.livemode, seenAt })
    .where(and(eq(disputes.id, id), or(isNull(disputes.seenAt), lte(disputes.seenAt, seenAt))))
    .returning({ id: disputes.id });
  return kept.length > 0;
}

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
      stage: dispute.status,
      isLive: dispute.livemode,
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

/** The credit that was bought, with what is left of it behind the wallet's lock: nobody spends of it until the commit. */
async function lockLot(tx: Tx, { tenantId, topupId }: SettledPayment): Promise<Lot | null> {
  if (!topupId) return null;
  await lockWallet(tx, tenantId);
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
  const taxCents = taxOfBack(whole, await backBefore(tx, payment, { disputeId: id }), totalCents);
  await tx.update(disputes).set({ taxCents }).where(eq(disputes.id, id));
  return taxCents;
}

/** How much was frozen when it was first heard of. */
async function keepFrozen(tx: Tx, id: string, frozen: Micros): Promise<void> {
  await tx
    .update(disputes)
    .set({ frozen: microsToNumeric(frozen) })
    .where(and(eq(disputes.id, id), eq(disputes.frozen, "0")));
}

/**
 * Freezes the credit that the disputed money bought or became, frees it when the dispute is over and not lost, takes it back when it
 * is lost, and the partner's commission on what was spent of it, or on the invoice, and the plan that the invoice paid for.
 */
async function moveCredit(tx: Tx, payment: SettledPayment, { id, status, totalCents }: Heard): Promise<void> {
  const { tenantId, topupId, invoiceId } = payment;
  const lot = await lockLot(tx, payment);
  if (!lot || !topupId) {
    if (!isOver(status)) return keepFrozen(tx, id, await freezeCredit(tx, payment, id));
    if (status !== "lost") return freeCredit(tx, payment, id);
    const back = { totalCents, disputeId: id };
    const parts = await creditBackOf(tx, payment, back);
    const backCents = totalCents - centsOf(parts);
    if (invoiceId) {
      await loseInvoiceCommission(tx, {
        tenantId,
        invoiceId,
        kind: "dispute_lost",
        backCents,
        key: `dispute_lost:${id}`,
        disputeId: id,
        at: currentTime(),
      });
      // The bank may have taken it in parts, each by a dispute of its own.
      const isAll = backCents > 0n && (await keptOf(tx, payment)).totalCents === 0n;
      await revokeDisputed(
        tx,
        STRIPE,
        { tenantId, invoiceId, backCents: isAll ? payment.amountCents : backCents },
        { reason: "A bank took the payment back.", key: `dispute:${id}` },
        currentTime(),
      );
    }
    const taken = await takeCreditBack(tx, payment, back, parts);
    await freeCredit(tx, payment, id);
    const facts = { ...(invoiceId ? { invoiceId } : {}), reason: "A bank took the payment back." };
    const amount = taken - centsToMicros(totalCents);
    await postCredit(tx, { tenantId, kind: "adjustment", amount, key: `dispute:${id}:lost`, facts });
    return;
  }
  const facts = { lotId: lot.lotId, topupId };
  if (!isOver(status)) {
    await keepFrozen(tx, id, microsFromNumeric(lot.remaining));
    await postCredit(tx, { tenantId, kind: "dispute", amount: 0n, key: `dispute:${id}:freeze`, facts });
  } else if (status === "lost") {
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

/** A bank that has another part of the payment while it decides keeps what is left of its credit from being spent, now that this dispute is over. */
async function freezeForOthers(tx: Tx, payment: SettledPayment, { id }: Heard): Promise<void> {
  const [other] = await tx
    .select({ id: disputes.id })
    .from(disputes)
    .where(
      and(
        eq(disputes.tenantId, payment.tenantId),
        eq(disputes.paymentId, payment.id),
        ne(disputes.id, id),
        inArray(disputes.status, ["needs_response", "under_review"]),
      ),
    )
    .limit(1);
  if (!other) return;
  const lot = await lockLot(tx, payment);
  if (lot) await postCredit(tx, freezing(payment.tenantId, other.id, lot.lotId));
  else await freezeCredit(tx, payment, other.id);
}

/**
 * An appeal turned the loss: the money is back, and what the loss took of credit and commission is undone as it was done. A
 * plan that ended with it is not begun again.
 */
async function undoLoss(tx: Tx, payment: SettledPayment, { id }: Heard): Promise<void> {
  const { tenantId, topupId } = payment;
  await restoreCommission(tx, tenantId, `dispute_lost:${id}`, currentTime());
  const ofCredit = [`dispute:${id}:over`, ...(await keysOfCreditTaken(tx, tenantId, `dispute:${id}`))];
  const keys = [...ofCredit, `dispute:${id}:lost`, `dispute:${id}:lost:owed`];
  await undoPosted(tx, tenantId, keys, "The dispute was won on appeal.");
  if (!topupId) return;
  await tx
    .update(topups)
    .set({ status: "paid", updatedAt: sql`now()` })
    .where(and(eq(topups.tenantId, tenantId), eq(topups.id, topupId)));
  await sellAgain(tx, payment, "A dispute that was won on appeal: the credit is back.");
}

/**
 * Applies what Stripe says of a dispute now, forward only. Lost: what is left of the credit is taken back, and what was
 * spent of it is owed. Won, or dropped: it may be spent again, also on appeal after it was lost.
 */
export async function applyDispute(tx: Tx, seen: SeenDispute, behind: Behind | null): Promise<Applied> {
  const { dispute } = seen;
  const found = behind ? await paymentBehind(tx, behind) : null;
  if (!found) return { outcome: "ignored" };
  const { payment, afterwards } = found;
  const known = await keepDispute(tx, payment, dispute);
  const isNewest = await keepStage(tx, known.id, seen);
  const status = standingOf(dispute);
  if (!mayFollow(known.status, status, isNewest)) return { outcome: "done", afterwards };
  await tx
    .update(disputes)
    .set({ status, closedAt: isOver(status) ? sql`now()` : null })
    .where(eq(disputes.id, known.id));
  await audit(tx, STRIPE, {
    action: isOver(status) ? "dispute.close" : "dispute.open",
    targetType: "dispute",
    targetId: known.id,
    tenantId: payment.tenantId,
    before: { status: known.status },
    after: { status, amountCents: String(dispute.amount), reason: dispute.reason },
  });
  const heard = { id: known.id, status, totalCents: BigInt(dispute.amount) };
  if (known.status === "lost") await undoLoss(tx, payment, heard);
  else if (!isInquiry(status) || !isInquiry(known.status)) await moveCredit(tx, payment, heard);
  if (isOver(status)) await freezeForOthers(tx, payment, heard);
  return {
    outcome: "done",
    afterwards: async () => {
      await afterwards();
      if (isOver(status) && status !== "lost") await creditWasAdded(payment.tenantId);
    },
  };
}
