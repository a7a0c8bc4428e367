import type Stripe from "stripe";
import type { TestCard } from "../cards";
import { created, metadata, paging, takes, text } from "../params";
import { type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";
import { searchRoute } from "./search";

const PENDING_SECONDS = 2 * 24 * 3600;

type Booking = {
  type: Stripe.BalanceTransaction.Type;
  amount: number;
  fee?: number;
  source: string;
  /** After how long the money may be moved. */
  availableIn?: number;
};

/** Books money of the platform, and gives the line of its balance. */
export function book(world: World, { type, amount, fee = 0, source, availableIn = 0 }: Booking) {
  const line: Stripe.BalanceTransaction = {
    id: world.id("txn"),
    object: "balance_transaction",
    amount,
    available_on: world.now() + availableIn,
    balance_type: "payments",
    created: world.now(),
    currency: "usd",
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: "usd",
              description: "Stripe processing fees",
              type: "stripe_fee",
            },
          ],
    net: amount - fee,
    reporting_category: type,
    source,
    status: availableIn > 0 ? "pending" : "available",
    type,
  };
  const arrive = () => {
    line.status = "available";
    world.addAvailable("", line.net);
  };
  if (availableIn > 0) world.clock.after(availableIn, arrive);
  else arrive();
  return world.balanceTransactions.add(line);
}

/** 2.9 % and 30 cents, as cards cost in the United States. */
const feeOf = (cents: number) => Math.round(cents * 0.029) + 30;

/** The money of a charge arrives. */
export function bookCharge(world: World, charge: Stripe.Charge, card: TestCard): void {
  charge.balance_transaction = book(world, {
    type: card.bankDebit ? "payment" : "charge",
    amount: charge.amount,
    fee: feeOf(charge.amount),
    source: charge.id,
    availableIn: card.bypassesPending ? 0 : PENDING_SECONDS,
  }).id;
}

/** A try to take the money of an intent, as yet without an outcome. */
export function newCharge(
  world: World,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
): Stripe.Charge {
  return world.charges.add({
    id: world.id(method.type === "card" ? "ch" : "py"),
    object: "charge",
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: "HIREBUDDHA",
    captured: false,
    created: world.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: null,
    paid: false,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: method.type },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "pending",
    transfer_data: null,
    transfer_group: intent.transfer_group,
  } satisfies Stripe.Charge);
}

/** What the network said of a charge. */
export function outcomeOf(declineCode: string | null): Stripe.Charge.Outcome {
  return {
    advice_code: null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: declineCode ? "declined_by_network" : "approved_by_network",
    reason: declineCode,
    seller_message: declineCode
      ? "The bank did not return any further details with this decline."
      : "Payment complete.",
    type: declineCode ? "issuer_declined" : "authorized",
  };
}

export const chargeRoutes: readonly Route[] = [
  route("GET /v1/charges/:id", {}, ({ world, path }) => world.charges.get(path.id ?? "")),
  route(
    "GET /v1/charges",
    takes<Stripe.ChargeListParams>()({
      ...paging,
      created,
      customer: text.optional(),
      payment_intent: text.optional(),
      transfer_group: text.optional(),
    }),
    ({ world, params, url }) =>
      world.charges.page(
        url,
        params,
        (one) =>
          (!params.customer || one.customer === params.customer) &&
          (!params.payment_intent || one.payment_intent === params.payment_intent) &&
          (!params.transfer_group || one.transfer_group === params.transfer_group),
      ),
  ),
  searchRoute("charges", (world) => world.charges.where(() => true)),
  route(
    "POST /v1/charges/:id",
    takes<Stripe.ChargeUpdateParams>()({ description: text.optional(), metadata: metadata.optional() }),
    ({ world, params, path }) => {
      const charge = world.charges.get(path.id ?? "");
      if (params.description !== undefined) charge.description = params.description || null;
      charge.metadata = mergedMetadata(charge.metadata, params.metadata);
      world.emit({ type: "charge.updated", object: charge });
      return charge;
    },
  ),
  route("GET /v1/balance_transactions/:id", {}, ({ world, path }) =>
    world.balanceTransactions.get(path.id ?? ""),
  ),
  route(
    "GET /v1/balance_transactions",
    takes<Stripe.BalanceTransactionListParams>()({
      ...paging,
      created,
      type: text.optional(),
      source: text.optional(),
    }),
    ({ world, params, url }) =>
      world.balanceTransactions.page(
        url,
        params,
        (one) =>
          (!params.type || one.type === params.type) && (!params.source || one.source === params.source),
      ),
  ),
  route("GET /v1/balance", {}, ({ world, account }) => {
    const pending = world.balanceTransactions
      .where((line) => account === "" && line.status === "pending")
      .reduce((sum, line) => sum + line.net, 0);
    const amount = (cents: number) => [{ amount: cents, currency: "usd", source_types: { card: cents } }];
    return {
      object: "balance",
      available: amount(world.availableOf(account)),
      livemode: false,
      pending: amount(pending),
    } satisfies Stripe.Balance;
  }),
];
