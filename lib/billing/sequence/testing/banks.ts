import { cardByToken } from "@/e2e/stripe/cards";
import { book } from "@/e2e/stripe/resources/charges";
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

type Dispute = ReturnType<typeof disputesOf>[number];

/** What a bank has of a dispute: what was taken, and what of it came back. */
export const takenBy = ({ balance_transactions }: Pick<Dispute, "balance_transactions">): number =>
  -balance_transactions.reduce((sum, { amount }) => sum + amount, 0);

/** Any dispute in one of some stages. */
const anyDispute = (world: World, stages: readonly string[]) =>
  anyOf(
    world,
    disputesOf(world).filter(({ status }) => stages.includes(status)),
  );

/** The bank takes the money, or gives it back, as Stripe tells it. */
function move(world: World, dispute: Dispute, way: "withdrawn" | "reinstated"): void {
  const amount = way === "withdrawn" ? -dispute.amount : dispute.amount;
  dispute.balance_transactions.push(
    book(world.double.world, { type: "adjustment", amount, source: dispute.id }),
  );
  world.double.world.emit({ type: `charge.dispute.funds_${way}`, object: dispute });
}

function tell(world: World, dispute: Dispute, status: Dispute["status"], what: "updated" | "closed"): void {
  dispute.status = status;
  world.double.world.emit({ type: `charge.dispute.${what}`, object: dispute });
}

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

/** Of a payment as a whole, or of a part of it: what is left may be disputed on its own. Some banks only ask at first. */
const dispute: Verb = async (world) => {
  const leftOf = ({ id, amount }: { id: string; amount: number }) =>
    disputesOf(world).reduce((left, one) => (one.charge === id ? left - one.amount : left), amount);
  const charge = anyOf(
    world,
    chargesOf(world).filter((one) => leftOf(one) > 0),
  );
  const isInquiry = world.chance.next() < 0.3;
  const card = cardByToken(isInquiry ? "pm_card_createDisputeInquiry" : "pm_card_createDispute");
  if (!charge || !card) return;
  const left = leftOf(charge);
  const amount = world.chance.next() < 0.5 ? left : world.chance.whole(1, left);
  charge.disputed = true;
  openDispute(world.double.world, { ...charge, amount }, card);
};

const decide: Verb = async (world) => {
  const open = anyDispute(world, ["needs_response"]);
  if (!open) return;
  const { stripe } = await getStripe();
  if (world.chance.next() < 0.5) await stripe.disputes.close(open.id);
  else await stripe.disputes.update(open.id, { evidence: { uncategorized_text: "winning_evidence" } });
};

/** A loss is appealed, and won. */
const appeal: Verb = async (world) => {
  const lost = anyDispute(world, ["lost"]);
  if (!lost) return;
  move(world, lost, "reinstated");
  tell(world, lost, "won", "closed");
};

/** A bank that only asked takes the money, also after it had asked no more. */
const escalate: Verb = async (world) => {
  const stages = ["warning_needs_response", "warning_under_review", "warning_closed", "prevented"];
  const asked = anyOf(
    world,
    disputesOf(world).filter(
      ({ status, balance_transactions }) => stages.includes(status) && balance_transactions.length === 0,
    ),
  );
  if (!asked) return;
  move(world, asked, "withdrawn");
  tell(world, asked, "needs_response", "updated");
};

/** A bank asks no more, and gives back what it took. */
const drop: Verb = async (world) => {
  const open = anyDispute(world, ["warning_needs_response", "needs_response"]);
  if (!open) return;
  if (takenBy(open) > 0) move(world, open, "reinstated");
  tell(world, open, "warning_closed", "closed");
};

/** A dispute is prevented: the payer has got the money, now or later, or does without. */
const prevent: Verb = async (world) => {
  const open = anyDispute(world, ["warning_needs_response", "needs_response"]);
  if (!open) return;
  if (takenBy(open) > 0 && world.chance.next() < 0.5) move(world, open, "reinstated");
  tell(world, open, "prevented", "updated");
};

const takeLate: Verb = async (world) => {
  const prevented = anyOf(
    world,
    disputesOf(world).filter((one) => one.status === "prevented" && takenBy(one) === 0),
  );
  if (prevented) move(world, prevented, "withdrawn");
};

const wait: Verb = async (world) => passTime(world, world.chance.whole(1, 72));
const waitLong: Verb = async (world) => passTime(world, world.chance.whole(72, 24 * 20));

/** What banks, Stripe and time do, and how often beside each other. */
export const BANKS: readonly (readonly [string, number, Verb])[] = [
  ["refund at Stripe", 2, refundThere],
  ["dispute", 2, dispute],
  ["decide a dispute", 3, decide],
  ["appeal", 1, appeal],
  ["escalate an inquiry", 1, escalate],
  ["drop a dispute", 1, drop],
  ["prevent a dispute", 1, prevent],
  ["take prevented money late", 1, takeLate],
  ["hear some", 8, hearSome],
  ["wait", 6, wait],
  ["wait long", 3, waitLong],
];
