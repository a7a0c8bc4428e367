import { eq, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { payments } from "@/db/schema/payments";
import { audit } from "@/lib/audit/record";
import { applyPayment } from "@/lib/billing/apply-payment";
import { currentTime } from "@/lib/clock";
import type { Applied } from "@/lib/stripe/event-handler";
import { creditWasAdded } from "@/lib/wallet/changes";
import { STRIPE } from "../store";
import { intentIdOf, type SeenInvoice } from "./seen";

/** The payment that an invoice of Stripe's collects, locked, and whether that is still under way. */
export type Held = { payment: typeof payments.$inferSelect & { invoiceId: string }; isLive: boolean };

/** How an invoice of Stripe's was paid: by an intent, or elsewhere, as somebody noted there. */
type Paid = { intentId: string; chargeId: string | null } | { intentId: null };

/**
 * How it was paid, where that is the whole of what was asked for and nothing else.
 * @throws Error for anything that a person has to look at
 */
function howPaid({ payment, isLive }: Held, { invoice, payments: parts, intent }: SeenInvoice): Paid {
  const asked = payment.amountCents;
  const wrong = (what: string) =>
    new Error(`Stripe's invoice ${invoice.id} of payment ${payment.id}, for ${asked} cents, ${what}`);
  if (invoice.currency !== "usd") throw wrong(`is in ${invoice.currency}`);
  if (BigInt(invoice.amount_due) !== asked) throw wrong(`asked for ${invoice.amount_due}`);
  const paid = parts.filter(({ status }) => status === "paid");
  const byIntent = paid.flatMap((part) => intentIdOf(part) ?? []);
  if (byIntent.length === 0) {
    // No money came to Stripe: it is a person's word for what would settle ours.
    if (!isLive) throw wrong("was noted as paid elsewhere, and is not waited for here");
    return { intentId: null };
  }
  const [part] = paid;
  const cents = part?.amount_paid ?? null;
  if (paid.length !== 1 || cents === null || BigInt(cents) !== asked)
    throw wrong(`was paid in ${paid.length} parts: ${paid.map((one) => one.amount_paid).join(", ")}`);
  if (!intent || intent.id !== byIntent[0] || intent.status !== "succeeded")
    throw wrong(`is paid by ${byIntent[0]}, which is ${intent?.status ?? "gone"}`);
  if (intent.currency !== "usd" || BigInt(intent.amount_received) !== asked)
    throw wrong(`brought ${intent.amount_received} ${intent.currency}`);
  const charge = intent.latest_charge;
  return { intentId: intent.id, chargeId: typeof charge === "string" ? charge : (charge?.id ?? null) };
}

/**
 * Books the money of an invoice that Stripe collected, once, in the caller's transaction. What comes although ours was paid
 * otherwise, or is void, becomes credit. One that was paid elsewhere has no intent, and is paid back as a transfer is.
 * @throws Error where what came is not what was asked for: nothing is booked
 */
export async function bookInvoice(tx: Tx, held: Held, seen: SeenInvoice): Promise<Applied> {
  const { payment } = held;
  if (payment.settledAt) return { outcome: "done" };
  const paid = howPaid(held, seen);
  await tx
    .update(payments)
    .set({
      reference: seen.invoice.id,
      failureCode: null,
      failureMessage: null,
      updatedAt: sql`now()`,
      ...(paid.intentId
        ? { stripePaymentIntentId: paid.intentId, stripeChargeId: paid.chargeId }
        : { method: "other", stripeChargeId: null }),
    })
    .where(eq(payments.id, payment.id));
  await audit(tx, STRIPE, {
    action: "payment.succeeded",
    targetType: "payment",
    targetId: payment.id,
    tenantId: payment.tenantId,
    before: { status: payment.status },
    after: {
      status: "succeeded",
      amountCents: String(payment.amountCents),
      paymentIntentId: paid.intentId,
      stripeInvoiceId: seen.invoice.id,
    },
  });
  const { isNew, tenantId } = await applyPayment(tx, STRIPE, {
    paymentId: payment.id,
    at: currentTime(),
    ...(paid.intentId ? {} : { note: `Paid elsewhere, as noted at Stripe (${seen.invoice.id})` }),
  });
  return isNew ? { outcome: "done", afterwards: () => creditWasAdded(tenantId) } : { outcome: "done" };
}
