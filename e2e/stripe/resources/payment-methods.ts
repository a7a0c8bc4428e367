import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { z } from "zod";
import { cardByNumber, cardByToken, type TestCard } from "../cards";
import { invalid, missing, StripeFault } from "../fault";
import { address, integer, metadata, paging, takes, text } from "../params";
import { publicRoute, type Route, route } from "../router";
import { mergedMetadata, type Secret, type World } from "../world";
import { addressOf, liveCustomer } from "./customers";

const billingDetails = z
  .strictObject({
    address: address.optional(),
    email: text.optional(),
    name: text.optional(),
    phone: text.optional(),
  })
  .optional();
type Details = z.infer<typeof billingDetails>;

/** What a browser sends in place of a method that exists. */
export const methodData = z.strictObject({
  type: z.enum(["card"]),
  card: z.union([
    z.strictObject({ number: text, exp_month: integer, exp_year: integer, cvc: text.optional() }),
    z.strictObject({ token: text }),
  ]),
  billing_details: billingDetails,
  metadata: metadata.optional(),
});

const NO_CHECKS = { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" };

function methodOf(world: World, card: TestCard, details: Details, expiry: readonly [number, number]) {
  const method: Stripe.PaymentMethod = {
    id: world.id("pm"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: {
      address: addressOf(details?.address ?? {}),
      email: details?.email || null,
      name: details?.name || null,
      phone: details?.phone || null,
      tax_id: null,
    },
    ...(card.bankDebit
      ? { us_bank_account: bankOf(card) }
      : { card: { ...shownCard(card), exp_month: expiry[0], exp_year: expiry[1] } }),
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: card.bankDebit ? "us_bank_account" : "card",
  };
  world.secrets.set(method.id, { card, isSetUp: false, isDetached: false });
  return world.paymentMethods.add(method);
}

function shownCard(card: TestCard): Stripe.PaymentMethod.Card {
  return {
    brand: card.brand,
    checks: { ...NO_CHECKS },
    country: "US",
    display_brand: card.brand === "amex" ? "american_express" : card.brand,
    exp_month: 12,
    exp_year: 2034,
    fingerprint: createHash("sha256").update(card.number).digest("hex").slice(0, 16),
    funding: "credit",
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: "unregulated",
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}

function bankOf(card: TestCard): Stripe.PaymentMethod.UsBankAccount {
  return {
    account_holder_type: "individual",
    account_type: "checking",
    bank_name: "STRIPE TEST BANK",
    financial_connections_account: null,
    fingerprint: createHash("sha256").update(card.number).digest("hex").slice(0, 16),
    last4: card.number.slice(-4),
    networks: { preferred: "ach", supported: ["ach"] },
    routing_number: "110000000",
    status_details: null,
  };
}

/** Makes a method of the data a browser or a test sends. */
export function createMethod(world: World, data: z.infer<typeof methodData>): Stripe.PaymentMethod {
  const token = "token" in data.card ? cardByToken(data.card.token) : null;
  const card = "number" in data.card ? cardByNumber(data.card.number) : token;
  if (!card) {
    const message = "Your card number is incorrect.";
    throw new StripeFault(402, { type: "card_error", code: "incorrect_number", message, param: "number" });
  }
  const expiry =
    "number" in data.card ? ([data.card.exp_month, data.card.exp_year] as const) : ([12, 2034] as const);
  const last = new Date(Date.UTC(expiry[1], expiry[0], 1)).getTime();
  if (expiry[0] < 1 || expiry[0] > 12 || last <= world.clock.nowMs()) {
    const isMonth = expiry[0] < 1 || expiry[0] > 12;
    const code = isMonth ? "invalid_expiry_month" : "invalid_expiry_year";
    const message = `Your card's expiration ${isMonth ? "month" : "year"} is invalid.`;
    throw new StripeFault(402, {
      type: "card_error",
      code,
      message,
      param: isMonth ? "exp_month" : "exp_year",
    });
  }
  const method = methodOf(world, card, data.billing_details, expiry);
  method.metadata = mergedMetadata({}, data.metadata);
  return method;
}

const SPENT =
  "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again.";

/**
 * The method with an id, to be used; one of Stripe's test ids (`pm_card_visa`) becomes a new method at each use. One that
 * was detached cannot be used any more.
 */
export function methodById(world: World, id: string, param = "payment_method"): Stripe.PaymentMethod {
  const known = world.paymentMethods.find(id);
  if (known && secretOf(world, known).isDetached) throw invalid(SPENT, { param });
  if (known) return known;
  const card = id.startsWith("pm_") ? cardByToken(id) : null;
  if (!card) throw missing("PaymentMethod", id, param);
  return methodOf(world, card, undefined, [12, 2034]);
}

export function secretOf(world: World, method: Stripe.PaymentMethod): Secret {
  const secret = world.secrets.get(method.id);
  if (!secret) throw missing("PaymentMethod", method.id);
  return secret;
}

/** Attaches a method to a customer. A card that is always declined cannot be saved either. */
export function attachMethod(world: World, id: string, customerId: string): Stripe.PaymentMethod {
  const method = methodById(world, id);
  const customer = liveCustomer(world, customerId);
  if (method.customer === customer.id) return method;
  if (method.customer) {
    throw invalid("The payment method you provided has already been attached to a customer.");
  }
  const { decline } = secretOf(world, method).card;
  if (decline) {
    throw new StripeFault(402, {
      type: "card_error",
      code: decline.code,
      decline_code: decline.declineCode,
      message: decline.message,
    });
  }
  method.customer = customer.id;
  world.emit({ type: "payment_method.attached", object: method });
  return method;
}

export const paymentMethodRoutes: readonly Route[] = [
  publicRoute(
    "POST /v1/payment_methods",
    takes<Stripe.PaymentMethodCreateParams>()(methodData.shape),
    ({ world, params: { expand: _, ...data } }) => createMethod(world, data),
  ),
  route("GET /v1/payment_methods/:id", {}, ({ world, path }) => world.paymentMethods.get(path.id ?? "")),
  route(
    "GET /v1/payment_methods",
    takes<Stripe.PaymentMethodListParams>()({ ...paging, customer: text.optional(), type: text.optional() }),
    ({ world, params, url }) =>
      world.paymentMethods.page(
        url,
        params,
        (one) => one.customer === (params.customer ?? null) && (!params.type || one.type === params.type),
      ),
  ),
  route(
    "GET /v1/customers/:id/payment_methods",
    takes<Stripe.CustomerListPaymentMethodsParams>()({ ...paging, type: text.optional() }),
    ({ world, params, path, url }) => {
      const { id } = liveCustomer(world, path.id ?? "", "id");
      return world.paymentMethods.page(
        url,
        params,
        (one) => one.customer === id && (!params.type || one.type === params.type),
      );
    },
  ),
  route(
    "POST /v1/payment_methods/:id",
    takes<Stripe.PaymentMethodUpdateParams>()({
      metadata: metadata.optional(),
      billing_details: billingDetails,
    }),
    ({ world, params, path }) => {
      const method = world.paymentMethods.get(path.id ?? "");
      method.metadata = mergedMetadata(method.metadata, params.metadata);
      const { name, email } = params.billing_details ?? {};
      if (name !== undefined) method.billing_details.name = name || null;
      if (email !== undefined) method.billing_details.email = email || null;
      world.emit({ type: "payment_method.updated", object: method });
      return method;
    },
  ),
  route(
    "POST /v1/payment_methods/:id/attach",
    takes<Stripe.PaymentMethodAttachParams>()({ customer: text }),
    ({ world, params, path }) => attachMethod(world, path.id ?? "", params.customer),
  ),
  route("POST /v1/payment_methods/:id/detach", {}, ({ world, path }) => {
    const method = world.paymentMethods.get(path.id ?? "");
    if (!method.customer) {
      throw invalid(
        "The payment method you provided is not attached to a customer so detachment is impossible.",
      );
    }
    const customer = world.customers.get(String(method.customer));
    method.customer = null;
    secretOf(world, method).isDetached = true;
    if (customer.invoice_settings.default_payment_method === method.id) {
      customer.invoice_settings.default_payment_method = null;
    }
    world.emit({ type: "payment_method.detached", object: method, previous: { customer: customer.id } });
    return method;
  }),
];
