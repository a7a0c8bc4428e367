import type Stripe from "stripe";
import { stripeKeys } from "@/lib/stripe/keys";
import type { Outgoing } from "@/lib/stripe/request";
import type { OurMetadata } from "./store";

/** A payment as it is asked of Stripe. */
export type IntentOrder = {
  key: string;
  tenantId: string;
  paymentId: string;
  topupId?: string;
  invoiceId?: string;
  amountCents: bigint;
  customer: string;
  /** A saved card's id at Stripe; null when the browser brings one. */
  method: string | null;
  saveCard: boolean;
  description: string;
  /** Nobody is there: it is paid at once, or declined. */
  isOffSession: boolean;
};

/**
 * The payment intent of a payment. While somebody is there their browser confirms it, and shows them their bank's page if
 * it asks for one; it is found again by our own id.
 */
export function intentOf(order: IntentOrder): Outgoing<Stripe.PaymentIntent> {
  const { tenantId, paymentId, topupId, invoiceId, customer, method, isOffSession } = order;
  const metadata: OurMetadata = {
    tenant_id: tenantId,
    payment_id: paymentId,
    ...(topupId ? { topup_id: topupId } : {}),
    ...(invoiceId ? { invoice_id: invoiceId } : {}),
  };
  const body: Stripe.PaymentIntentCreateParams = {
    amount: Number(order.amountCents),
    currency: "usd",
    customer,
    description: order.description,
    metadata: { ...metadata },
    allowed_payment_method_types: ["card"],
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
    ...(method ? { payment_method: method } : {}),
    ...(order.saveCard ? { setup_future_usage: "off_session" as const } : {}),
    ...(isOffSession ? { confirm: true, off_session: true } : {}),
  };
  return {
    key: order.key,
    operation: "payment_intent.create",
    body,
    tenantId,
    target: { type: "payment", id: paymentId },
    send: (stripe, options) => stripe.paymentIntents.create(body, options),
    get: (stripe, id) => stripe.paymentIntents.retrieve(id),
    find: (stripe) => findIntent(stripe, customer, paymentId),
  };
}

/** The newest intents of a customer are looked through: Stripe's search lags behind. */
export async function findIntent(
  stripe: Stripe,
  customer: string,
  paymentId: string,
): Promise<Stripe.PaymentIntent | null> {
  const { data } = await stripe.paymentIntents.list({ customer, limit: 100 });
  return data.find((one) => one.metadata.payment_id === paymentId) ?? null;
}

/** Takes back a payment that nobody has made. */
export function cancelOf(
  paymentId: string,
  tenantId: string,
  intentId: string,
): Outgoing<Stripe.PaymentIntent> {
  return {
    key: stripeKeys.cancelPayment(paymentId),
    operation: "payment_intent.cancel",
    body: { intentId },
    tenantId,
    target: { type: "payment", id: paymentId },
    send: (stripe, options) => stripe.paymentIntents.cancel(intentId, {}, options),
    get: (stripe, id) => stripe.paymentIntents.retrieve(id),
    find: async (stripe) => {
      const now = await stripe.paymentIntents.retrieve(intentId);
      return now.status === "canceled" ? now : null;
    },
  };
}
