import "server-only";
import type Stripe from "stripe";
import { asSystem, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { LEAST_CENTS } from "@/lib/billing/least";
import { AppError } from "@/lib/errors";
import { getStripe } from "@/lib/stripe/client";
import { isToAskAgain } from "@/lib/stripe/failures";
import { sendOnce } from "@/lib/stripe/request";
import { browserKeys } from "../card-form";
import { type Begun, declinedIntent, endBefore, noteRefusal, orderOf, planCharge, takeBack } from "../charge";
import { ensureCustomer } from "../customer";
import type { PayInvoiceInput } from "../input";
import { intentOf } from "../intent";
import {
  type Attempt,
  isOpen,
  isUnheard,
  isWaiting,
  lastAttempt,
  lockPayable,
  noteAttempt,
  underWay,
} from "../invoice-attempt";
import { noteIntent, savedCard } from "../payment-state";
import type { StartedPayment } from "../started-payment";

/** The try of a click: an open one goes on, so that two tabs or two people never pay twice. `left`: to be taken back first. */
async function beginAttempt(
  tx: Tx,
  scope: TenantScope,
  input: PayInvoiceInput,
): Promise<Begun | { left: Attempt }> {
  const { tenantId } = scope;
  const invoice = await lockPayable(tx, tenantId, input.invoiceId);
  const method = input.methodId ? await savedCard(tx, tenantId, input.methodId) : null;
  const last = await lastAttempt(tx, tenantId, invoice.id);
  if (last?.status === "processing") throw underWay();
  if (last && isUnheard(last)) {
    // A charge whose call may have been lost is gone on with by whoever made it, as long as they are there.
    if (!last.isLeft) throw underWay();
    return { left: last };
  }
  if (invoice.due < LEAST_CENTS && !last?.intentId)
    throw new AppError("precondition", "No card is charged less than $0.50: pay this by bank transfer.", {
      reason: "too_little",
    });
  const number = (last?.attempt ?? 0) + 1;
  if (isOpen(last, invoice.due)) return { invoice, attempt: last, method };
  // Another amount is due by now: nobody is to pay the old one.
  if (last && isWaiting(last)) return { left: last };
  const attempt = await noteAttempt(tx, tenantId, invoice, {
    after: last,
    // The form of a try that was taken back meanwhile begins another.
    requestKey: `invoice:${input.requestKey}:${number}`,
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

/**
 * Begins to pay an invoice with a card. The browser pays; the invoice is paid when Stripe says that the money came. A
 * second click, another tab and another person get the same payment.
 * @throws AppError `not_found`; `precondition` (`nothing_due`, `payment_under_way`, `stripe_off`); `upstream`
 */
export async function payInvoice(scope: TenantScope, input: PayInvoiceInput): Promise<StartedPayment> {
  authorize(scope, "billing.pay");
  return openPayment(input, scope);
}

/** The same for whoever may pay this invoice, as the caller has made sure. */
export async function openPayment(input: PayInvoiceInput, scope: TenantScope): Promise<StartedPayment> {
  // Before anything is asked of Stripe: an invoice that is not the tenant's does not exist, whatever else is wrong.
  await asSystem("pay-invoice", (tx) => lockPayable(tx, scope.tenantId, input.invoiceId));
  const { stripe, settings } = await getStripe();
  const keys = browserKeys(settings);
  const customer = await ensureCustomer(stripe, scope);
  let begun = await asSystem("pay-invoice", (tx) => beginAttempt(tx, scope, input));
  if ("left" in begun) {
    await takeBack(stripe, scope.tenantId, customer, begun.left);
    begun = await asSystem("pay-invoice", (tx) => beginAttempt(tx, scope, input));
  }
  if ("left" in begun) throw underWay();
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

export type ChargeInput = {
  invoiceId: string;
  /** Names a try that is made once, however often it is asked for; without a name each call is a new one. */
  tryName?: string;
};

/** What became of a try that was made before. */
function knownEnd({ paymentId, status, failure }: Attempt): Charged {
  const isPaid = status === "succeeded";
  return {
    outcome: isPaid ? "succeeded" : status === "processing" ? "processing" : "failed",
    paymentId,
    reason: isPaid ? null : failure,
  };
}

/**
 * Charges an invoice to the saved card while nobody is there. Each call behind a failed one is a new try with a new
 * number and a new key; a call whose answer was lost goes on with its own, and with its own card. What somebody began on
 * the page and left, and a call that nothing was heard of for an hour or whose card is gone, is taken back first.
 * @throws AppError `not_found`; `precondition` (`nothing_due`, `payment_under_way`, `stripe_off`, `stripe_key_refused`);
 * `upstream`
 */
export async function chargeInvoice(scope: TenantScope, input: ChargeInput): Promise<Charged> {
  authorize(scope, "billing.charge");
  const { stripe } = await getStripe();
  return chargeSaved(stripe, scope, input);
}

/** The same for whoever is allowed to pay. */
export async function chargeSaved(stripe: Stripe, scope: TenantScope, input: ChargeInput): Promise<Charged> {
  const { tenantId } = scope;
  let planned = await asSystem("charge-invoice", (tx) => planCharge(tx, scope, input));
  if (planned.kind === "left") {
    const customer = await ensureCustomer(stripe, scope);
    await takeBack(stripe, tenantId, customer, planned.left);
    planned = await asSystem("charge-invoice", (tx) => planCharge(tx, scope, input));
  }
  if (planned.kind === "no_card") return { outcome: "no_card", paymentId: null, reason: null };
  if (planned.kind === "known") return knownEnd(planned.attempt);
  if (planned.kind === "left") throw underWay();
  const { begun, before } = planned;
  const { paymentId } = begun.attempt;
  const customer = await ensureCustomer(stripe, scope);
  if (before && (await endBefore(stripe, tenantId, before))) throw underWay();
  try {
    const intent = await sendOnce(stripe, intentOf(orderOf(tenantId, customer, begun, begun)));
    await noteIntent(intent);
    return { outcome: intent.status === "succeeded" ? "succeeded" : "processing", paymentId, reason: null };
  } catch (error) {
    if (!(error instanceof AppError) || isToAskAgain(error)) throw error;
    const intent = await declinedIntent(stripe, customer, begun.attempt, error);
    if (intent) await noteIntent(intent);
    else await noteRefusal(tenantId, paymentId, error);
    return { outcome: "failed", paymentId, reason: error.reason ?? null };
  }
}
