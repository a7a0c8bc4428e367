import type Stripe from "stripe";
import { z } from "zod";
import { invalid } from "../fault";
import { created, integer, metadata, paging, takes, text } from "../params";
import { type Route, route } from "../router";
import { pageOf } from "../table";
import { mergedMetadata, type World } from "../world";
import { book } from "./charges";

const PAYOUT_SECONDS = 2 * 24 * 3600;

function noFunds(message: string) {
  return invalid(message, { code: "balance_insufficient" });
}

function checkDestination(world: World, id: string): Stripe.Account {
  const account = world.accounts.find(id);
  if (!account)
    throw invalid(`No such destination: '${id}'`, { code: "resource_missing", param: "destination" });
  if (account.capabilities?.transfers !== "active") {
    throw invalid(
      "Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments",
      { code: "insufficient_capabilities_for_transfer" },
    );
  }
  return account;
}

const transfer = takes<Stripe.TransferCreateParams>()({
  amount: integer,
  currency: z.literal("usd"),
  description: text.optional(),
  destination: text,
  metadata: metadata.optional(),
  source_transaction: text.optional(),
  transfer_group: text.optional(),
});

/** Takes money of a transfer back, as far as it is still there. */
function reverse(
  world: World,
  sent: Stripe.Transfer,
  amount: number,
  change: Stripe.Metadata,
): Stripe.TransferReversal {
  const account = String(sent.destination);
  if (amount < 1 || amount > sent.amount - sent.amount_reversed) {
    throw invalid(`Reversal amount is greater than the unreversed amount of transfer ${sent.id}.`, {
      param: "amount",
    });
  }
  if (world.availableOf(account) < amount) {
    throw noFunds("The connected account does not have sufficient available funds to reverse this transfer.");
  }
  world.addAvailable(account, -amount);
  const reversal: Stripe.TransferReversal = {
    id: world.id("trr"),
    object: "transfer_reversal",
    amount,
    balance_transaction: null,
    created: world.now(),
    currency: "usd",
    destination_payment_refund: null,
    metadata: change,
    source_refund: null,
    transfer: sent.id,
  };
  reversal.balance_transaction = book(world, { type: "transfer_refund", amount, source: reversal.id }).id;
  sent.reversals.data.unshift(reversal);
  sent.amount_reversed += amount;
  sent.reversed = sent.amount_reversed === sent.amount;
  world.emit({ type: "transfer.reversed", object: sent });
  return reversal;
}

export const transferRoutes: readonly Route[] = [
  route("POST /v1/transfers", transfer, ({ world, params }) => {
    const { amount, destination } = params;
    if (amount < 1)
      throw invalid("Invalid positive integer", { code: "parameter_invalid_integer", param: "amount" });
    const account = checkDestination(world, destination);
    const source = params.source_transaction
      ? world.charges.get(params.source_transaction, "source_transaction")
      : null;
    if (source && amount > source.amount)
      throw invalid("The transfer amount is greater than the charge's amount.");
    if (!source && world.availableOf("") < amount) {
      throw noFunds(
        "You have insufficient available funds in your Stripe account. One likely reason you have insufficient funds is that your funds are automatically being paid out; try enabling manual payouts by going to https://dashboard.stripe.com/account/payouts.",
      );
    }
    const id = world.id("tr");
    const sent: Stripe.Transfer = world.transfers.add({
      id,
      object: "transfer",
      amount,
      amount_reversed: 0,
      balance_transaction: book(world, { type: "transfer", amount: -amount, source: id }).id,
      created: world.now(),
      currency: "usd",
      description: params.description ?? null,
      destination: account.id,
      destination_payment: world.id("py"),
      livemode: false,
      metadata: mergedMetadata({}, params.metadata),
      reversals: pageOf<Stripe.TransferReversal>([], `/v1/transfers/${id}/reversals`),
      reversed: false,
      source_transaction: source?.id ?? null,
      source_type: "card",
      transfer_group: params.transfer_group ?? source?.transfer_group ?? null,
    } satisfies Stripe.Transfer);
    world.addAvailable(account.id, amount);
    world.emit({ type: "transfer.created", object: sent });
    return sent;
  }),
  route("GET /v1/transfers/:id", {}, ({ world, path }) => world.transfers.get(path.id ?? "")),
  route(
    "POST /v1/transfers/:id",
    takes<Stripe.TransferUpdateParams>()({ description: text.optional(), metadata: metadata.optional() }),
    ({ world, params, path }) => {
      const sent = world.transfers.get(path.id ?? "");
      if (params.description !== undefined) sent.description = params.description || null;
      sent.metadata = mergedMetadata(sent.metadata, params.metadata);
      world.emit({ type: "transfer.updated", object: sent });
      return sent;
    },
  ),
  route(
    "GET /v1/transfers",
    takes<Stripe.TransferListParams>()({
      ...paging,
      created,
      destination: text.optional(),
      transfer_group: text.optional(),
    }),
    ({ world, params, url }) =>
      world.transfers.page(
        url,
        params,
        (one) =>
          (!params.destination || one.destination === params.destination) &&
          (!params.transfer_group || one.transfer_group === params.transfer_group),
      ),
  ),
  route(
    "POST /v1/transfers/:id/reversals",
    takes<Stripe.TransferCreateReversalParams>()({
      amount: integer.optional(),
      description: text.optional(),
      metadata: metadata.optional(),
    }),
    ({ world, params, path }) => {
      const sent = world.transfers.get(path.id ?? "");
      const amount = params.amount ?? sent.amount - sent.amount_reversed;
      return reverse(world, sent, amount, mergedMetadata({}, params.metadata));
    },
  ),
  route("GET /v1/transfers/:id/reversals", paging, ({ world, params, path, url }) =>
    pageOf(world.transfers.get(path.id ?? "").reversals.data, url, params),
  ),
  route(
    "POST /v1/payouts",
    takes<Stripe.PayoutCreateParams>()({
      amount: integer,
      currency: z.literal("usd"),
      description: text.optional(),
      metadata: metadata.optional(),
    }),
    ({ world, params, account }) => {
      if (account) world.accounts.get(account);
      if (world.availableOf(account) < params.amount) {
        throw noFunds("You have insufficient funds in your Stripe account for this transfer.");
      }
      const payout: Stripe.Payout = world.payouts.add(
        newPayout(world, params.amount, params.description ?? null),
      );
      payout.metadata = mergedMetadata({}, params.metadata);
      world.addAvailable(account, -params.amount);
      const told = account ? { account } : {};
      world.emit({ type: "payout.created", object: payout, ...told });
      world.clock.after(PAYOUT_SECONDS, () => {
        const fails = payout.metadata?.bank === "fails";
        payout.status = fails ? "failed" : "paid";
        if (fails) {
          payout.failure_code = "account_closed";
          payout.failure_message = "The bank account has been closed";
          world.addAvailable(account, params.amount);
        }
        world.emit({ type: fails ? "payout.failed" : "payout.paid", object: payout, ...told });
      });
      return payout;
    },
  ),
  route("GET /v1/payouts/:id", {}, ({ world, path }) => world.payouts.get(path.id ?? "")),
];

function newPayout(world: World, amount: number, description: string | null): Stripe.Payout {
  return {
    id: world.id("po"),
    object: "payout",
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: world.now() + PAYOUT_SECONDS,
    automatic: false,
    balance_transaction: null,
    created: world.now(),
    currency: "usd",
    description,
    destination: null,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: "standard",
    original_payout: null,
    payout_method: null,
    reconciliation_status: "not_applicable",
    reversed_by: null,
    source_type: "card",
    statement_descriptor: null,
    status: "pending",
    trace_id: null,
    type: "bank_account",
  };
}
