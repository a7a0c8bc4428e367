import { randomBytes } from "node:crypto";
import Stripe from "stripe";
import type { TestCard } from "./cards";
import type { Clock } from "./clock";
import { Table } from "./table";

/** Decimals are text on the wire; the SDK makes its own type of them. */
export type WireItem = Omit<Stripe.InvoiceItem, "quantity_decimal" | "pricing"> & {
  quantity_decimal: string;
  pricing: null;
};
export type WireLine = Omit<Stripe.InvoiceLineItem, "quantity_decimal" | "pricing"> & {
  quantity_decimal: string;
  pricing: null;
};
export type WireInvoice = Omit<Stripe.Invoice, "lines"> & { lines: Stripe.ApiList<WireLine> };

/** What the API does not show: the card behind a method, and what the bank was already asked. */
export type Secret = { card: TestCard; isSetUp: boolean; isDetached: boolean };

type Emitted = { type: Stripe.Event.Type; object: object; account?: string; previous?: object };

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** All that the double knows. Its objects are those the API shows, and are changed in place. */
export class World {
  readonly apiVersion = Stripe.API_VERSION;
  readonly customers = new Table<Stripe.Customer>("customer");
  readonly paymentMethods = new Table<Stripe.PaymentMethod>("PaymentMethod");
  readonly secrets = new Map<string, Secret>();
  readonly paymentIntents = new Table<Stripe.PaymentIntent>("payment_intent");
  readonly setupIntents = new Table<Stripe.SetupIntent>("setupintent");
  readonly charges = new Table<Stripe.Charge>("charge");
  readonly refunds = new Table<Stripe.Refund>("refund");
  readonly disputes = new Table<Stripe.Dispute>("dispute");
  readonly balanceTransactions = new Table<Stripe.BalanceTransaction>("balance_transaction");
  readonly invoices = new Table<WireInvoice>("invoice");
  readonly invoiceItems = new Table<WireItem>("invoiceitem");
  readonly invoicePayments = new Table<Stripe.InvoicePayment>("invoice_payment");
  /** Customers whose invoices cannot be finalized, as when their tax cannot be told. */
  readonly unfinalizable = new Set<string>();
  readonly sessions = new Table<Stripe.Checkout.Session>("checkout.session");
  readonly lineItems = new Map<
    string,
    { id: string; description: string; amount_total: number; quantity: number }[]
  >();
  readonly accounts = new Table<Stripe.Account>("account");
  readonly transfers = new Table<Stripe.Transfer>("transfer");
  readonly payouts = new Table<Stripe.Payout>("payout");
  readonly endpoints = new Table<Stripe.WebhookEndpoint>("webhook endpoint");
  /** Endpoints that hear of connected accounts. */
  readonly connectEndpoints = new Set<string>();
  readonly events = new Table<Stripe.EventBase>("event");
  /** Money that may be moved, by account; the platform is "". Cents. */
  readonly available = new Map<string, number>();
  /** Where a browser reaches the pages; known once the server listens. */
  origin = "";
  /** What of the request that is being answered goes into its events. */
  request: { id: string; idempotencyKey: string | null } | null = null;
  /** Links to the pages of Connect, by their token. */
  readonly accountLinks = new Map<
    string,
    { account: string; returnUrl: string; refreshUrl: string; expiresAt: number }
  >();
  /** Where a browser goes after the page of a bank, by the id of the intent. */
  readonly returnUrls = new Map<string, string>();
  onEvent: (event: Stripe.EventBase) => void = () => {};
  /** What depends on an intent follows it: the invoice it pays, the checkout it belongs to. */
  onIntent: (intent: Stripe.PaymentIntent) => void = () => {};
  onSetup: (setup: Stripe.SetupIntent) => void = () => {};

  constructor(readonly clock: Clock) {}

  id(prefix: string, length = 24): string {
    const letters = [...randomBytes(length)].map((byte) => ALPHABET[byte % ALPHABET.length]);
    return `${prefix}_${letters.join("")}`;
  }

  now(): number {
    return this.clock.now();
  }

  /** Writes an event of an object as it is now. */
  emit({ type, object, account, previous }: Emitted): void {
    const event = {
      id: this.id("evt"),
      object: "event",
      ...(account ? { account } : {}),
      api_version: this.apiVersion,
      created: this.now(),
      data: structuredClone({
        object: { ...object },
        ...(previous ? { previous_attributes: previous } : {}),
      }),
      livemode: false,
      pending_webhooks: 0,
      request: {
        id: this.request?.id ?? null,
        idempotency_key: this.request?.idempotencyKey ?? null,
      },
      type,
    } satisfies Stripe.EventBase;
    this.onEvent(this.events.add(event));
  }

  /** Books money of an account that may be moved at once. */
  addAvailable(account: string, cents: number): void {
    this.available.set(account, this.availableOf(account) + cents);
  }

  availableOf(account: string): number {
    return this.available.get(account) ?? 0;
  }
}

/** The metadata of an object after a change: merged, an empty value removes a name, an empty whole all of them. */
export function mergedMetadata(
  before: Stripe.Metadata | null,
  change: "" | Record<string, string> | undefined,
): Stripe.Metadata {
  if (change === undefined) return before ?? {};
  if (change === "") return {};
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== ""));
}
