import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { getStripe } from "@/lib/stripe/client";
import type { Verb } from "./customers";
import { anyOf, hearSome, passTime, type World } from "./world";

/** What was paid at Stripe by the customers of this story. */
export function chargesOf({ double, customers }: World) {
  const intents = double.world.paymentIntents.where(
    ({ status, metadata }) =>
      status === "succeeded" && customers.some(({ tenantId }) => tenantId === metadata.tenant_id),
  );
  return double.world.charges.where(
    (charge) => charge.status === "succeeded" && intents.some(({ id }) => id === charge.payment_intent),
  );
}

const disputesOf = (world: World) => {
  const charges = chargesOf(world);
  return world.double.world.disputes.where(({ charge }) => charges.some(({ id }) => id === charge));
};

/** Somebody refunds a payment at Stripe itself. */
const refundThere: Verb = async (world) => {
  const charge = anyOf(
    world,
    chargesOf(world).filter(({ amount, amount_refunded, disputed }) => amount > amount_refunded && !disputed),
  );
  if (!charge) return;
  const left = charge.amount - charge.amount_refunded;
  const amount = world.chance.next() < 0.3 ? left : world.chance.whole(1, left);
  await (await getStripe()).stripe.refunds.create({ payment_intent: String(charge.payment_intent), amount });
};

/** Of a payment as a whole, or of a part of it: what is left may be disputed on its own. */
const dispute: Verb = async (world) => {
  const leftOf = ({ id, amount }: { id: string; amount: number }) =>
    disputesOf(world).reduce((left, one) => (one.charge === id ? left - one.amount : left), amount);
  const charge = anyOf(
    world,
    chargesOf(world).filter((one) => leftOf(one) > 0),
  );
  const card = cardByToken("pm_card_createDispute");
  if (!charge || !card) return;
  const left = leftOf(charge);
  const amount = world.chance.next() < 0.5 ? left : world.chance.whole(1, left);
  charge.disputed = true;
  openDispute(world.double.world, { ...charge, amount }, card);
};

const decide: Verb = async (world) => {
  const open = anyOf(
    world,
    disputesOf(world).filter(({ status }) => status === "needs_response"),
  );
  if (!open) return;
  const { stripe } = await getStripe();
  if (world.chance.next() < 0.5) await stripe.disputes.close(open.id);
  else await stripe.disputes.update(open.id, { evidence: { uncategorized_text: "winning_evidence" } });
};

/** A loss is appealed, and won. */
const appeal: Verb = async (world) => {
  const lost = anyOf(
    world,
    disputesOf(world).filter(({ status }) => status === "lost"),
  );
  if (!lost) return;
  lost.status = "won";
  world.double.world.emit({ type: "charge.dispute.closed", object: lost });
};

const wait: Verb = async (world) => passTime(world, world.chance.whole(1, 72));
const waitLong: Verb = async (world) => passTime(world, world.chance.whole(72, 24 * 20));

/** What banks, Stripe and time do, and how often beside each other. */
export const BANKS: readonly (readonly [string, number, Verb])[] = [
  ["refund at Stripe", 2, refundThere],
  ["dispute", 2, dispute],
  ["decide a dispute", 3, decide],
  ["appeal", 1, appeal],
  ["hear some", 8, hearSome],
  ["wait", 6, wait],
  ["wait long", 3, waitLong],
];
