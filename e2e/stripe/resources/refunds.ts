import type Stripe from "stripe";
import { z } from "zod";
import { invalid } from "../fault";
import { created, integer, metadata, paging, takes, text } from "../params";
import { type Call, type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";
import { book } from "./charges";
import { secretOf } from "./payment-methods";

const SETTLING_SECONDS = 3600;

const create = takes<Stripe.RefundCreateParams>()({
  amount: integer.optional(),
  charge: text.optional(),
  metadata: metadata.optional(),
  payment_intent: text.optional(),
  reason: z.enum(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
});
type Params = Call<z.infer<z.ZodObject<typeof create, z.core.$strict>>>["params"];

const dollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;

function chargeOf(world: World, params: Params): Stripe.Charge {
  if (params.charge) return world.charges.get(params.charge, "charge");
  if (!params.payment_intent) {
    throw invalid(
      "One of the following params should be provided for this request: payment_intent or charge.",
    );
  }
  const intent = world.paymentIntents.get(params.payment_intent, "payment_intent");
  const charge = intent.latest_charge ? world.charges.find(String(intent.latest_charge)) : null;
  if (!charge?.paid) {
    throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
      code: "resource_missing",
      param: "payment_intent",
    });
  }
  return charge;
}

function checkAmount(charge: Stripe.Charge, amount: number): void {
  if (!charge.paid) throw invalid(`Charge ${charge.id} has not been paid.`, { param: "charge" });
  if (charge.disputed) {
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
    });
  }
  const rest = charge.amount - charge.amount_refunded;
  if (rest === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: "charge_already_refunded" });
  }
  if (amount < 1)
    throw invalid("Invalid positive integer", { code: "parameter_invalid_integer", param: "amount" });
  if (amount > rest) {
    throw invalid(
      `Refund amount (${dollars(amount)}) is greater than unrefunded amount on charge (${dollars(rest)})`,
      { param: "amount" },
    );
  }
}

function settle(world: World, refund: Stripe.Refund, charge: Stripe.Charge): void {
  refund.status = "succeeded";
  refund.balance_transaction = book(world, {
    type: "refund",
    amount: -refund.amount,
    source: refund.id,
  }).id;
  charge.refunded = charge.amount_refunded === charge.amount;
}

/** The bank sends the money back: it is the platform's again, and the charge is not refunded. */
function fail(world: World, refund: Stripe.Refund, charge: Stripe.Charge): void {
  refund.status = "failed";
  refund.failure_reason = "unknown";
  refund.failure_balance_transaction = book(world, {
    type: "refund_failure",
    amount: refund.amount,
    source: refund.id,
  }).id;
  charge.amount_refunded -= refund.amount;
  charge.refunded = false;
  world.emit({ type: "refund.updated", object: refund });
  world.emit({ type: "refund.failed", object: refund });
  world.emit({ type: "charge.refund.updated", object: refund });
}

export const refundRoutes: readonly Route[] = [
  route("POST /v1/refunds", create, ({ world, params }) => {
    const charge = chargeOf(world, params);
    const amount = params.amount ?? charge.amount - charge.amount_refunded;
    checkAmount(charge, amount);
    const method = world.paymentMethods.get(charge.payment_method ?? "");
    const { card } = secretOf(world, method);
    const refund: Stripe.Refund = world.refunds.add({
      id: world.id("re"),
      object: "refund",
      amount,
      balance_transaction: null,
      charge: charge.id,
      created: world.now(),
      currency: "usd",
      customer: charge.customer,
      customer_account: null,
      metadata: mergedMetadata({}, params.metadata),
      payment_intent: charge.payment_intent,
      payment_method: method.id,
      reason: params.reason ?? null,
      receipt_number: null,
      source_transfer_reversal: null,
      status: "pending",
      transfer_reversal: null,
    } satisfies Stripe.Refund);
    charge.amount_refunded += amount;
    if (card.refund !== "pends") settle(world, refund, charge);
    world.emit({ type: "refund.created", object: refund });
    world.emit({ type: "charge.refunded", object: charge });
    if (card.refund === "fails") world.clock.after(SETTLING_SECONDS, () => fail(world, refund, charge));
    if (card.refund === "pends") {
      world.clock.after(SETTLING_SECONDS, () => {
        settle(world, refund, charge);
        world.emit({ type: "refund.updated", object: refund });
        world.emit({ type: "charge.refund.updated", object: refund });
      });
    }
    return refund;
  }),
  route("GET /v1/refunds/:id", {}, ({ world, path }) => world.refunds.get(path.id ?? "")),
  route(
    "POST /v1/refunds/:id",
    takes<Stripe.RefundUpdateParams>()({ metadata: metadata.optional() }),
    ({ world, params, path }) => {
      const refund = world.refunds.get(path.id ?? "");
      refund.metadata = mergedMetadata(refund.metadata, params.metadata);
      world.emit({ type: "refund.updated", object: refund });
      return refund;
    },
  ),
  route(
    "GET /v1/refunds",
    takes<Stripe.RefundListParams>()({
      ...paging,
      created,
      charge: text.optional(),
      payment_intent: text.optional(),
    }),
    ({ world, params, url }) =>
      world.refunds.page(
        url,
        params,
        (one) =>
          (!params.charge || one.charge === params.charge) &&
          (!params.payment_intent || one.payment_intent === params.payment_intent),
      ),
  ),
];
