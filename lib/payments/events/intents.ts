import { handler } from "@/lib/stripe/event-handler";
import { applyIntent } from "../apply-intent";

/** A payment went on, arrived, failed or was taken back. */
export const intentChanged = handler(
  (stripe, event) => stripe.paymentIntents.retrieve(event.objectId),
  (tx, intent) => applyIntent(tx, intent),
);

/** A page of Checkout ended. What it did not collect by an intent of ours is none of our business. */
export const pageEnded = handler(
  async (stripe, event) => {
    const { payment_intent } = await stripe.checkout.sessions.retrieve(event.objectId, {
      expand: ["payment_intent"],
    });
    return typeof payment_intent === "string"
      ? stripe.paymentIntents.retrieve(payment_intent)
      : payment_intent;
  },
  async (tx, intent) => (intent ? applyIntent(tx, intent) : { outcome: "ignored" }),
);
