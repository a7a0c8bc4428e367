import { and, eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import { payments } from "@/db/schema/payments";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { LEAST_CENTS } from "@/lib/billing/least";
import { AppError } from "@/lib/errors";
import { failureOf } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import { sendOnce } from "@/lib/stripe/request";
import type { ChargeInput } from "./commands/pay-invoice";
import { cancelOf, findIntent, type IntentOrder } from "./intent";
import {
  type Attempt,
  attemptOf,
  isUnheard,
  lastAttempt,
  lockPayable,
  neverArrived,
  noteAttempt,
  type PayableInvoice,
  underWay,
} from "./invoice-attempt";
import { findCard, noteIntent, savedCard } from "./payment-state";
import { findDefault, STRIPE } from "./store";
import { topupUnpaid } from "./topups";

export type Begun = { invoice: PayableInvoice; attempt: Attempt; method: string | null };

/** What is asked of Stripe for a try; with a charge nobody is there. */
export function orderOf(
  tenantId: string,
  customer: string,
  { invoice, attempt }: Begun,
  charge: { method: string } | null,
): IntentOrder {
  return {
    key: stripeKeys.payInvoice(invoice.id, attempt.attempt),
    tenantId,
    paymentId: attempt.paymentId,
    invoiceId: invoice.id,
    amountCents: attempt.amountCents,
    customer,
    method: charge?.method ?? null,
    saveCard: false,
    description: `Invoice ${invoice.number}`,
    isOffSession: charge !== null,
  };
}

type Planned =
  | { kind: "planned"; begun: Begun & { method: string }; before: Attempt | null }
  /** The try of this name was made. */
  | { kind: "known"; attempt: Attempt }
  /** Somebody began to pay and left: that is to be taken back first. */
  | { kind: "left"; left: Attempt }
  /** There is none, or the card is charged nothing so little. */
  | { kind: "no_card" };

/** The card of a charge that may go on: nothing was heard of it, the same money is due, and its card is still there. */
async function cardToGoOn(tx: Tx, tenantId: string, attempt: Attempt, due: bigint): Promise<string | null> {
  if (attempt.isLeft || attempt.amountCents !== due || !attempt.methodId) return null;
  return findCard(tx, tenantId, attempt.methodId);
}

/** A new try with the card that is charged, numbered behind the last one. */
export async function planCharge(
  tx: Tx,
  scope: TenantScope,
  { invoiceId, tryName }: ChargeInput,
): Promise<Planned> {
  const { tenantId } = scope;
  const invoice = await lockPayable(tx, tenantId, invoiceId);
  const before = await lastAttempt(tx, tenantId, invoice.id);
  const number = (before?.attempt ?? 0) + 1;
  const name = `charge:${invoice.id}:${tryName ?? number}`;
  const known = tryName ? await attemptOf(tx, tenantId, name) : null;
  if (known && known.status !== "pending" && !neverArrived(known)) return { kind: "known", attempt: known };
  if (before?.status === "processing") throw underWay();
  if (before?.status === "pending" || before?.status === "requires_action") {
    // A try whose call may have been lost goes on under its own key, with its own card: what is asked is the same.
    const method = isUnheard(before) ? await cardToGoOn(tx, tenantId, before, invoice.due) : null;
    if (method) return { kind: "planned", begun: { invoice, attempt: before, method }, before: null };
    if (!before.isLeft && !isUnheard(before)) throw underWay();
    return { kind: "left", left: before };
  }
  const methodId = invoice.due < LEAST_CENTS ? null : await findDefault(tx, tenantId);
  if (!methodId) return { kind: "no_card" };
  const method = await savedCard(tx, tenantId, methodId);
  const requestKey = known ? `${name}~${number}` : name;
  const attempt = await noteAttempt(tx, tenantId, invoice, { after: before, requestKey, methodId });
  await audit(tx, scope, {
    action: "payment.charge",
    targetType: "payment",
    targetId: attempt.paymentId,
    after: { invoiceNumber: invoice.number, amountCents: String(attempt.amountCents), attempt: number },
  });
  return { kind: "planned", begun: { invoice, attempt, method }, before };
}

/** Ends a payment whose call never arrived. Should its money come after all, it is booked. */
export async function cancelUnsent(tenantId: string, paymentId: string): Promise<void> {
  await asSystem("take-back", async (tx) => {
    const [ended] = await tx
      .update(payments)
      .set({ status: "canceled", updatedAt: sql`now()` })
      .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId), eq(payments.status, "pending")))
      .returning({ topupId: payments.topupId });
    if (!ended) return;
    if (ended.topupId) await topupUnpaid(tx, tenantId, ended.topupId);
    await audit(tx, STRIPE, {
      action: "payment.canceled",
      targetType: "payment",
      targetId: paymentId,
      tenantId,
      before: { status: "pending" },
      after: { status: "canceled" },
      reason: "Stripe never heard of it.",
    });
  });
}

/** Takes an intent back that nobody has paid; one that was paid meanwhile is booked. @returns as it is now */
export async function endIntent(
  stripe: Stripe,
  tenantId: string,
  paymentId: string,
  intent: Stripe.PaymentIntent,
): Promise<Stripe.PaymentIntent> {
  const ended = intent.status.startsWith("requires_")
    ? await sendOnce(stripe, cancelOf(paymentId, tenantId, intent.id))
    : intent;
  await noteIntent(ended);
  return ended;
}

/** Takes back a payment that somebody began and left. */
export async function takeBack(
  stripe: Stripe,
  tenantId: string,
  customer: string,
  { paymentId, intentId }: Pick<Attempt, "paymentId" | "intentId">,
): Promise<void> {
  const intent = intentId
    ? await stripe.paymentIntents.retrieve(intentId)
    : await findIntent(stripe, customer, paymentId);
  if (intent) await endIntent(stripe, tenantId, paymentId, intent);
  else await cancelUnsent(tenantId, paymentId);
}

/** The intent that a declined call made: Stripe keeps it, and it can still be paid by somebody who is there. */
export async function declinedIntent(stripe: Stripe, customer: string, attempt: Attempt, error: unknown) {
  const cause = error instanceof AppError ? failureOf(error.cause) : null;
  if (cause?.paymentIntentId) return stripe.paymentIntents.retrieve(cause.paymentIntentId);
  return findIntent(stripe, customer, attempt.paymentId);
}

/** Stripe refused a charge, and made nothing of it: the try is over, and the next may begin. */
export async function noteRefusal(tenantId: string, paymentId: string, error: AppError): Promise<void> {
  await asSystem("charge-invoice", async (tx) => {
    const failure = { failureCode: error.reason ?? null, failureMessage: error.message };
    const [failed] = await tx
      .update(payments)
      .set({ status: "failed", ...failure, updatedAt: sql`now()` })
      .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId), eq(payments.status, "pending")))
      .returning({ id: payments.id });
    if (!failed) return;
    await audit(tx, STRIPE, {
      action: "payment.failed",
      targetType: "payment",
      targetId: paymentId,
      tenantId,
      before: { status: "pending" },
      after: { status: "failed", ...failure },
    });
  });
}

/** Takes back the last try, unless it was paid meanwhile. */
export async function endBefore(stripe: Stripe, tenantId: string, before: Attempt): Promise<boolean> {
  if (!before.intentId || before.status !== "failed") return false;
  const now = await stripe.paymentIntents.retrieve(before.intentId);
  const ended = await endIntent(stripe, tenantId, before.paymentId, now);
  return ended.status === "succeeded" || ended.status === "processing";
}
