import type Stripe from "stripe";
import { askBank } from "./attempt";
import type { TestCard } from "./cards";
import { invalid, StripeFault } from "./fault";
import { bookCharge, newCharge, outcomeOf } from "./resources/charges";
import { openDispute } from "./resources/disputes";
import { attachMethod, secretOf } from "./resources/payment-methods";
import type { World } from "./world";

type Decline = NonNullable<TestCard["decline"]>;

/** How a payment is tried. */
export type Attempt = {
  isOffSession?: boolean;
  /** The customer has shown themselves to their bank. */
  isAuthenticated?: boolean;
  /** Where a browser goes once they have; without it the page shows the bank's in a frame. */
  returnUrl?: string | undefined;
};

const BANK_DEBIT_SECONDS = 4 * 24 * 3600;

function failureOf(method: Stripe.PaymentMethod, decline: Decline, chargeId?: string) {
  return {
    ...(chargeId ? { charge: chargeId } : {}),
    code: decline.code,
    decline_code: decline.declineCode,
    message: decline.message,
    payment_method: structuredClone(method),
    type: "card_error" as const,
  };
}

/** Tries to take the money of an intent. Throws the decline as the API gives it; the intent tells it too. */
export function tryPayment(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  attempt: Attempt = {},
): void {
  checkMethod(intent, method);
  intent.payment_method = method.id;
  intent.next_action = null;
  const { isOffSession = false, isAuthenticated = false } = attempt;
  const verdict = askBank(world, method, { isOffSession, isAuthenticated, isSetup: false });
  if (verdict.is === "asks") return void askCustomer(world, intent, attempt.returnUrl);

  const charge = newCharge(world, intent, method);
  intent.latest_charge = charge.id;
  if (verdict.is === "declined") {
    failPayment(world, intent, charge, method, verdict.decline);
    const error = failureOf(method, verdict.decline, charge.id);
    throw new StripeFault(402, { ...error, payment_intent: structuredClone(intent) });
  }
  if (verdict.is === "pends") {
    intent.status = "processing";
    intent.processing = null;
    world.emit({ type: "charge.pending", object: charge });
    world.emit({ type: "payment_intent.processing", object: intent });
    world.clock.after(BANK_DEBIT_SECONDS, () =>
      verdict.arrives
        ? takeMoney(world, intent, charge, method)
        : failPayment(world, intent, charge, method, RETURNED),
    );
    return;
  }
  if (isAuthenticated) secretOf(world, method).isSetUp = Boolean(intent.setup_future_usage);
  takeMoney(world, intent, charge, method);
}

const RETURNED: Decline = {
  code: "insufficient_funds",
  declineCode: "insufficient_funds",
  message: "The customer's account has insufficient funds to cover this payment.",
};

function checkMethod(intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod): void {
  if (!intent.payment_method_types.includes(method.type)) {
    throw invalid(
      `The PaymentMethod provided (${method.type}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: ${intent.payment_method_types.join(", ")}.`,
      { code: "payment_intent_invalid_parameter", param: "payment_method" },
    );
  }
  if (!method.customer || method.customer === intent.customer) return;
  if (!intent.customer) {
    throw invalid(
      "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
      { param: "payment_method" },
    );
  }
  throw invalid(
    `The payment method supplied (${method.id}) belongs to a different Customer. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
    { code: "resource_missing", param: "payment_method" },
  );
}

function askCustomer(world: World, intent: Stripe.PaymentIntent, returnUrl: string | undefined): void {
  const url = `${world.origin}/challenge/${intent.id}?secret=${intent.client_secret}`;
  intent.status = "requires_action";
  intent.next_action = returnUrl
    ? { type: "redirect_to_url", redirect_to_url: { url, return_url: returnUrl } }
    : { type: "use_stripe_sdk", use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url } };
  world.emit({ type: "payment_intent.requires_action", object: intent });
  world.onIntent(intent);
}

function takeMoney(
  world: World,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
  method: Stripe.PaymentMethod,
): void {
  const { card } = secretOf(world, method);
  Object.assign(charge, {
    amount_captured: charge.amount,
    captured: true,
    outcome: outcomeOf(null),
    paid: true,
    receipt_url: `${world.origin}/receipts/${charge.id}`,
    status: "succeeded",
  } satisfies Partial<Stripe.Charge>);
  bookCharge(world, charge, card);
  intent.status = "succeeded";
  intent.amount_received = intent.amount;
  intent.last_payment_error = null;
  if (intent.setup_future_usage && intent.customer && !method.customer) {
    attachMethod(world, method.id, String(intent.customer));
  }
  world.emit({ type: "charge.succeeded", object: charge });
  world.emit({ type: "payment_intent.succeeded", object: intent });
  world.onIntent(intent);
  if (card.disputeReason) world.clock.after(0, () => openDispute(world, charge, card));
}

function failPayment(
  world: World,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
  method: Stripe.PaymentMethod,
  decline: Decline,
): void {
  Object.assign(charge, {
    failure_code: decline.code,
    failure_message: decline.message,
    outcome: outcomeOf(decline.declineCode),
    status: "failed",
  } satisfies Partial<Stripe.Charge>);
  intent.status = "requires_payment_method";
  intent.last_payment_error = failureOf(method, decline, charge.id);
  intent.payment_method = null;
  world.emit({ type: "charge.failed", object: charge });
  world.emit({ type: "payment_intent.payment_failed", object: intent });
  world.onIntent(intent);
}

/** The customer was shown their bank's page for a payment, and did or did not show themselves. */
export function answerPaymentChallenge(
  world: World,
  intent: Stripe.PaymentIntent,
  isAuthenticated: boolean,
): void {
  const method = world.paymentMethods.get(String(intent.payment_method));
  if (intent.status !== "requires_action") return;
  if (isAuthenticated) {
    try {
      tryPayment(world, intent, method, { isAuthenticated });
    } catch (error) {
      // The bank knows its customer and declines: the intent tells it.
      if (!(error instanceof StripeFault) || error.status !== 402) throw error;
    }
    return;
  }
  intent.status = "requires_payment_method";
  intent.next_action = null;
  intent.payment_method = null;
  intent.last_payment_error = {
    code: "payment_intent_authentication_failure",
    message:
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    payment_method: structuredClone(method),
    type: "invalid_request_error",
  };
  world.emit({ type: "payment_intent.payment_failed", object: intent });
  world.onIntent(intent);
}
