import { currentTime } from "@/lib/clock";
import { handler } from "@/lib/stripe/event-handler";
import { applyDispute } from "../apply-dispute";
import { applyRefunds } from "../apply-refund";
import { intentBehind } from "../find-payment";

/** A refund was made, went on, or failed. */
export const refundChanged = handler(
  async (stripe, event) => {
    const refund = await stripe.refunds.retrieve(event.objectId);
    return { refunds: [refund], behind: await intentBehind(stripe, refund.payment_intent) };
  },
  (tx, { refunds, behind }) => applyRefunds(tx, refunds, behind),
);

/** Money of a charge was given back: all its refunds, the oldest first. */
export const chargeRefunded = handler(
  async (stripe, event) => {
    const { data } = await stripe.refunds.list({ charge: event.objectId, limit: 100 });
    return {
      refunds: data.toReversed(),
      behind: await intentBehind(stripe, data[0]?.payment_intent ?? null),
    };
  },
  (tx, { refunds, behind }) => applyRefunds(tx, refunds, behind),
);

/** A bank disputes a charge, answers, or decides. */
export const disputeChanged = handler(
  async (stripe, event) => {
    const seenAt = currentTime();
    const dispute = await stripe.disputes.retrieve(event.objectId);
    return { seen: { dispute, seenAt }, behind: await intentBehind(stripe, dispute.payment_intent) };
  },
  (tx, { seen, behind }) => applyDispute(tx, seen, behind),
);
