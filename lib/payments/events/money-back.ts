import type Stripe from "stripe";
import type { Tx } from "@/db/access";
import { type Applied, handler } from "@/lib/stripe/event-handler";
import { applyDispute } from "../apply-dispute";
import { applyRefund } from "../apply-refund";
import { intentBehind } from "../find-payment";

type Back = { refunds: readonly Stripe.Refund[]; intent: Stripe.PaymentIntent | null };

async function applyRefunds(tx: Tx, { refunds, intent }: Back): Promise<Applied> {
  const applied: Applied[] = [];
  for (const refund of refunds) applied.push(await applyRefund(tx, refund, intent));
  return applied.at(-1) ?? { outcome: "ignored" };
}

/** A refund was made, went on, or failed. */
export const refundChanged = handler(
  async (stripe, event) => {
    const refund = await stripe.refunds.retrieve(event.objectId);
    return { refunds: [refund], intent: await intentBehind(stripe, refund.payment_intent) };
  },
  (tx, back) => applyRefunds(tx, back),
);

/** Money of a charge was given back: all its refunds, the oldest first. */
export const chargeRefunded = handler(
  async (stripe, event) => {
    const { data } = await stripe.refunds.list({ charge: event.objectId, limit: 100 });
    return {
      refunds: data.toReversed(),
      intent: await intentBehind(stripe, data[0]?.payment_intent ?? null),
    };
  },
  (tx, back) => applyRefunds(tx, back),
);

/** A bank disputes a charge, answers, or decides. */
export const disputeChanged = handler(
  async (stripe, event) => {
    const dispute = await stripe.disputes.retrieve(event.objectId);
    return { dispute, intent: await intentBehind(stripe, dispute.payment_intent) };
  },
  (tx, { dispute, intent }) => applyDispute(tx, dispute, intent),
);
