import { and, eq, sql } from "drizzle-orm";
import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { audit } from "@/lib/audit/record";
import { applyPayment } from "@/lib/billing/apply-payment";
import { currentTime } from "@/lib/clock";
import { isId } from "@/lib/ids";
import type { Applied } from "@/lib/stripe/event-handler";
import { isForward, paymentStatusOf } from "@/lib/stripe/forward";
import { creditWasAdded } from "@/lib/wallet/changes";
import { STRIPE } from "./store";
import { topupDeclined, topupPaid, topupUnpaid } from "./topups";

type Payment = typeof payments.$inferSelect;

const IGNORED: Applied = { outcome: "ignored" };
const DONE: Applied = { outcome: "done" };

/**
 * The payment that an intent of ours belongs to, locked. An event may come before our own answer: our id is on it. One that
 * Stripe made for an invoice of its own bears none, and is known once its money is booked.
 */
async function lockPayment(tx: Tx, intent: Stripe.PaymentIntent): Promise<Payment | null> {
  const { payment_id: paymentId, tenant_id: tenantId } = intent.metadata;
  if (!isId(paymentId) || !isId(tenantId)) {
    const [booked] = await tx
      .select()
      .from(payments)
      .where(eq(payments.stripePaymentIntentId, intent.id))
      .for("update");
    return booked ?? null;
  }
  const [payment] = await tx
    .select()
    .from(payments)
    .where(and(eq(payments.tenantId, tenantId), eq(payments.id, paymentId)))
    .for("update");
  const isAnother = payment?.stripePaymentIntentId && payment.stripePaymentIntentId !== intent.id;
  return payment && !isAnother ? payment : null;
}

const chargeOf = ({ latest_charge: charge }: Stripe.PaymentIntent) =>
  charge === null || typeof charge === "string" ? charge : charge.id;

function checkAmount(payment: Payment, intent: Stripe.PaymentIntent): void {
  if (intent.currency === "usd" && BigInt(intent.amount_received) === payment.amountCents) return;
  throw new Error(
    `payment ${payment.id} is for ${payment.amountCents} cents, ${intent.amount_received} came`,
  );
}

/** The money of an invoice has arrived. */
async function invoicePaid(tx: Tx, { id, tenantId }: Payment): Promise<Applied> {
  const { isNew } = await applyPayment(tx, STRIPE, { paymentId: id, at: currentTime() });
  return isNew ? { outcome: "done", afterwards: () => creditWasAdded(tenantId) } : DONE;
}

/**
 * Applies what Stripe says of a payment now, forward only: whoever brings it (an event, a refetch, a job), in whatever
 * order and however often, it takes effect once. What is paid for is given in the same transaction.
 */
export async function applyIntent(tx: Tx, intent: Stripe.PaymentIntent): Promise<Applied> {
  const payment = await lockPayment(tx, intent);
  if (!payment) return IGNORED;
  const error = intent.last_payment_error;
  const status = paymentStatusOf({ status: intent.status, hasError: error !== null });
  const isNews = status !== null && isForward(payment.status, status);
  if (isNews && status === "succeeded") checkAmount(payment, intent);
  await tx
    .update(payments)
    .set({
      stripePaymentIntentId: intent.id,
      // Money that has arrived came by its own charge: whoever tells of a try that failed looked before.
      ...(payment.status === "succeeded" ? {} : { stripeChargeId: chargeOf(intent) }),
      ...(isNews
        ? {
            status,
            failureCode: error?.decline_code ?? error?.code ?? null,
            failureMessage: error?.message ?? null,
            // An invoice's payment is marked by the booking of its money.
            settledAt: status === "succeeded" && payment.topupId ? sql`now()` : null,
          }
        : {}),
      updatedAt: sql`now()`,
    })
    .where(and(eq(payments.tenantId, payment.tenantId), eq(payments.id, payment.id)));
  if (isNews) {
    await audit(tx, STRIPE, {
      action: `payment.${status}`,
      targetType: "payment",
      targetId: payment.id,
      tenantId: payment.tenantId,
      before: { status: payment.status },
      after: { status, amountCents: String(payment.amountCents), paymentIntentId: intent.id },
    });
  }
  if (payment.invoiceId) return intent.status === "succeeded" ? invoicePaid(tx, payment) : DONE;
  if (!payment.topupId) return DONE;
  if (intent.status === "succeeded") return topupPaid(tx, payment.tenantId, payment.topupId);
  if (isNews && status === "failed") {
    await topupDeclined(tx, payment.tenantId, payment.topupId, error?.message ?? "The card was declined.");
  }
  if (intent.status === "canceled") await topupUnpaid(tx, payment.tenantId, payment.topupId);
  return DONE;
}
