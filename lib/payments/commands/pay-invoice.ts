import "server-only";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { getStripe } from "@/lib/stripe/client";
import { failureOf } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import { sendOnce } from "@/lib/stripe/request";
import { browserKeys } from "../card-form";
import { ensureCustomer } from "../customer";
import type { PayInvoiceInput } from "../input";
import { cancelOf, type IntentOrder, intentOf } from "../intent";
import {
  type Attempt,
  isOpen,
  lastAttempt,
  lockPayable,
  noteAttempt,
  type PayableInvoice,
} from "../invoice-attempt";
import { noteIntent, savedCard } from "../payment-state";
import type { StartedPayment } from "../started-payment";
import { findDefault } from "../store";

type Begun = { invoice: PayableInvoice; attempt: Attempt; method: string | null };

function underWay(): AppError {
  return new AppError("precondition", "A payment of this invoice is under way: wait for the bank.", {
    reason: "payment_under_way",
  });
}

/** The try of a click: an open one goes on, so that two tabs or two people never pay twice. */
async function beginAttempt(tx: Tx, scope: TenantScope, input: PayInvoiceInput): Promise<Begun> {
  const { tenantId } = scope;
  const invoice = await lockPayable(tx, tenantId, input.invoiceId);
  const method = input.methodId ? await savedCard(tx, tenantId, input.methodId) : null;
  const last = await lastAttempt(tx, tenantId, invoice.id);
  if (last?.status === "processing") throw underWay();
  if (isOpen(last, invoice.due)) return { invoice, attempt: last, method };
  const requestKey = `invoice:${input.requestKey}`;
  const attempt = await noteAttempt(tx, tenantId, invoice, {
    after: last,
    requestKey,
    methodId: input.methodId,
  });
  await audit(tx, scope, {
    action: "payment.start",
    targetType: "payment",
    targetId: attempt.paymentId,
    after: {
      invoiceNumber: invoice.number,
      amountCents: String(attempt.amountCents),
      attempt: attempt.attempt,
    },
  });
  return { invoice, attempt, method };
}

function orderOf(
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

/**
 * Begins to pay an invoice with a card. The browser pays; the invoice is paid when Stripe says that the money came. A
 * second click, another tab and another person get the same payment.
 * @throws AppError `not_found`; `precondition` (`nothing_due`, `payment_under_way`, `stripe_off`); `upstream`
 */
export async function payInvoice(scope: TenantScope, input: PayInvoiceInput): Promise<StartedPayment> {
  authorize(scope, "billing.pay");
  // Before anything is asked of Stripe: an invoice that is not the tenant's does not exist, whatever else is wrong.
  await asSystem("pay-invoice", (tx) => lockPayable(tx, scope.tenantId, input.invoiceId));
  const { stripe, settings } = await getStripe();
  const keys = browserKeys(settings);
  const customer = await ensureCustomer(stripe, scope);
  const begun = await asSystem("pay-invoice", (tx) => beginAttempt(tx, scope, input));
  const { attempt, method } = begun;
  const intent = attempt.intentId
    ? await stripe.paymentIntents.retrieve(attempt.intentId)
    : await sendOnce(stripe, intentOf(orderOf(scope.tenantId, customer, begun, null)));
  await noteIntent(intent);
  if (intent.status === "succeeded") {
    throw new AppError("precondition", "This invoice has just been paid.", { reason: "nothing_due" });
  }
  if (!intent.client_secret) throw new AppError("internal");
  return {
    ...keys,
    clientSecret: intent.client_secret,
    paymentId: attempt.paymentId,
    savedMethod: method,
    status: intent.status,
  };
}

export type Charged = {
  /** `no_card`: nothing was tried. */
  outcome: "succeeded" | "processing" | "failed" | "no_card";
  paymentId: string | null;
  /** The bank's reason; `authentication_required` when it wants to see its customer: no failed try, but a link. */
  reason: string | null;
};

type Planned = { begun: Begun & { method: string }; before: Attempt | null };

/** A new try with the card that is charged, numbered behind the last one. */
async function planCharge(tx: Tx, scope: TenantScope, invoiceId: string): Promise<Planned | null> {
  const { tenantId } = scope;
  const invoice = await lockPayable(tx, tenantId, invoiceId);
  const methodId = await findDefault(tx, tenantId);
  if (!methodId) return null;
  const method = await savedCard(tx, tenantId, methodId);
  const before = await lastAttempt(tx, tenantId, invoice.id);
  if (before?.status === "processing" || before?.status === "requires_action") throw underWay();
  // A try whose call may have been lost goes on under its own key.
  if (before?.status === "pending" && before.amountCents === invoice.due) {
    return { begun: { invoice, attempt: before, method }, before: null };
  }
  const number = (before?.attempt ?? 0) + 1;
  const requestKey = `charge:${invoice.id}:${number}`;
  const attempt = await noteAttempt(tx, tenantId, invoice, { after: before, requestKey, methodId });
  await audit(tx, scope, {
    action: "payment.charge",
    targetType: "payment",
    targetId: attempt.paymentId,
    after: { invoiceNumber: invoice.number, amountCents: String(attempt.amountCents), attempt: number },
  });
  return { begun: { invoice, attempt, method }, before };
}

/** The intent that a declined call made: Stripe keeps it, and it can still be paid by somebody who is there. */
async function declinedIntent(stripe: Stripe, customer: string, attempt: Attempt, error: unknown) {
  const cause = error instanceof AppError ? failureOf(error.cause) : null;
  if (cause?.paymentIntentId) return stripe.paymentIntents.retrieve(cause.paymentIntentId);
  const { data } = await stripe.paymentIntents.list({ customer, limit: 100 });
  return data.find((one) => one.metadata.payment_id === attempt.paymentId) ?? null;
}

/** Takes back the last try, unless it was paid meanwhile. */
async function endBefore(stripe: Stripe, tenantId: string, before: Attempt): Promise<boolean> {
  if (!before.intentId || before.status !== "failed") return false;
  const now = await stripe.paymentIntents.retrieve(before.intentId);
  const ended = now.status.startsWith("requires_")
    ? await sendOnce(stripe, cancelOf(before.paymentId, tenantId, before.intentId))
    : now;
  await noteIntent(ended);
  return ended.status === "succeeded" || ended.status === "processing";
}

/**
 * Charges an invoice to the saved card while nobody is there. Each call behind a failed one is a new try with a new
 * number and a new key; a call whose answer was lost goes on with its own.
 * @throws AppError `not_found`; `precondition` (`nothing_due`, `payment_under_way`, `stripe_off`); `upstream`
 */
export async function chargeInvoice(
  scope: TenantScope,
  { invoiceId }: { invoiceId: string },
): Promise<Charged> {
  authorize(scope, "billing.charge");
  const { stripe } = await getStripe();
  const planned = await asSystem("charge-invoice", (tx) => planCharge(tx, scope, invoiceId));
  if (!planned) return { outcome: "no_card", paymentId: null, reason: null };
  const { begun, before } = planned;
  const { paymentId } = begun.attempt;
  const customer = await ensureCustomer(stripe, scope);
  if (before && (await endBefore(stripe, scope.tenantId, before))) throw underWay();
  try {
    const intent = await sendOnce(stripe, intentOf(orderOf(scope.tenantId, customer, begun, begun)));
    await noteIntent(intent);
    return { outcome: intent.status === "succeeded" ? "succeeded" : "processing", paymentId, reason: null };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "precondition") throw error;
    const intent = await declinedIntent(stripe, customer, begun.attempt, error);
    if (intent) await noteIntent(intent);
    return { outcome: "failed", paymentId, reason: error.reason ?? null };
  }
}
