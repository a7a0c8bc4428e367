import type Stripe from "stripe";
import { z } from "zod";
import { invalid } from "../fault";
import { integer, metadata, paging, takes, text } from "../params";
import { type Call, type Route, route } from "../router";
import { pageOf } from "../table";
import { mergedMetadata, type World } from "../world";
import { liveCustomer } from "./customers";
import { newIntent } from "./payment-intents";
import { newSetup } from "./setup-intents";

const DAY = 24 * 3600;

const lineItem = z.strictObject({
  price_data: z.strictObject({
    currency: z.literal("usd"),
    product_data: z.strictObject({ name: text, description: text.optional() }),
    unit_amount: integer,
  }),
  quantity: integer,
});
const create = takes<Stripe.Checkout.SessionCreateParams>()({
  cancel_url: text.optional(),
  client_reference_id: text.optional(),
  currency: z.literal("usd").optional(),
  customer: text.optional(),
  expires_at: integer.optional(),
  line_items: z.array(lineItem).optional(),
  metadata: metadata.optional(),
  mode: z.enum(["payment", "setup"]),
  payment_intent_data: z
    .strictObject({
      description: text.optional(),
      metadata: metadata.optional(),
      setup_future_usage: z.enum(["off_session", "on_session"]).optional(),
    })
    .optional(),
  allowed_payment_method_types: z.array(z.enum(["card", "us_bank_account"])).optional(),
  setup_intent_data: z.strictObject({ metadata: metadata.optional() }).optional(),
  success_url: text,
} as const);
type Params = Call<z.infer<z.ZodObject<typeof create, z.core.$strict>>>["params"];

function check(world: World, params: Params): number {
  for (const name of ["success_url", "cancel_url"] as const) {
    if (params[name] !== undefined && !URL.canParse(params[name])) {
      throw invalid("Not a valid URL", { code: "url_invalid", param: name });
    }
  }
  const items = params.line_items ?? [];
  if (params.mode === "payment" && items.length === 0) {
    throw invalid("Missing required param: line_items.", { code: "parameter_missing", param: "line_items" });
  }
  const age = (params.expires_at ?? world.now() + DAY) - world.now();
  if (age < 30 * 60 || age > DAY) {
    throw invalid(
      "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
      {
        param: "expires_at",
      },
    );
  }
  return items.reduce((sum, item) => sum + item.price_data.unit_amount * item.quantity, 0);
}

/** The intent behind the page: hidden from lists of the page's own until it is paid or saved. */
function intentOf(world: World, params: Params, customer: string | null, total: number) {
  const types = params.allowed_payment_method_types ?? ["card" as const];
  if (params.mode === "setup") {
    const setup = newSetup(world, types);
    setup.customer = customer;
    setup.metadata = mergedMetadata({}, params.setup_intent_data?.metadata);
    return { payment_intent: null, setup_intent: setup.id };
  }
  const intent = newIntent(world, { amount: total, currency: "usd", types });
  intent.customer = customer;
  intent.description = params.payment_intent_data?.description ?? null;
  intent.metadata = mergedMetadata({}, params.payment_intent_data?.metadata);
  intent.setup_future_usage = params.payment_intent_data?.setup_future_usage ?? null;
  return { payment_intent: intent.id, setup_intent: null };
}

function newSession(world: World, params: Params): Stripe.Checkout.Session {
  const total = check(world, params);
  const customer = params.customer ? liveCustomer(world, params.customer).id : null;
  const id = world.id("cs_test", 40);
  return {
    id,
    object: "checkout.session",
    adaptive_pricing: null,
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: params.mode === "payment" ? total : null,
    amount_total: params.mode === "payment" ? total : null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: world.now(),
    currency: params.mode === "payment" ? "usd" : null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer,
    customer_account: null,
    customer_creation: null,
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: params.expires_at ?? world.now() + DAY,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: null,
    managed_payments: null,
    metadata: mergedMetadata({}, params.metadata),
    mode: params.mode,
    origin_context: null,
    payment_link: null,
    payment_method_collection: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: params.allowed_payment_method_types ?? ["card"],
    payment_status: params.mode === "payment" ? "unpaid" : "no_payment_required",
    permissions: null,
    recovered_from: null,
    saved_payment_method_options: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: "open",
    submit_type: null,
    subscription: null,
    success_url: params.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: "hosted_page",
    url: `${world.origin}/checkout/${id}`,
    wallet_options: null,
    ...intentOf(world, params, customer, total),
  };
}

/** The page closes unused: its time is over, or it was taken back; its intent goes with it. */
function expire(world: World, session: Stripe.Checkout.Session): void {
  session.status = "expired";
  session.url = null;
  const intent = world.paymentIntents.find(String(session.payment_intent));
  if (intent?.status.startsWith("requires_")) {
    intent.status = "canceled";
    intent.canceled_at = world.now();
    intent.cancellation_reason = "expired";
    intent.next_action = null;
    world.emit({ type: "payment_intent.canceled", object: intent });
  }
  world.emit({ type: "checkout.session.expired", object: session });
}

/** An intent changed: the page it belongs to follows. */
export function followPage(world: World, intent: Stripe.PaymentIntent | Stripe.SetupIntent): void {
  const [session] = world.sessions.where(
    (one) => one.payment_intent === intent.id || one.setup_intent === intent.id,
  );
  if (!session) return;
  const isOpen = session.status === "open";
  if (intent.status === "succeeded") {
    if (session.mode === "payment") session.payment_status = "paid";
    session.status = "complete";
    session.url = null;
    world.emit({
      type: isOpen ? "checkout.session.completed" : "checkout.session.async_payment_succeeded",
      object: session,
    });
  }
  if (intent.status === "processing" && isOpen) {
    session.status = "complete";
    session.url = null;
    world.emit({ type: "checkout.session.completed", object: session });
  }
  if (intent.status === "requires_payment_method" && !isOpen) {
    world.emit({ type: "checkout.session.async_payment_failed", object: session });
  }
}

export const checkoutRoutes: readonly Route[] = [
  route("POST /v1/checkout/sessions", create, ({ world, params }) => {
    const session = world.sessions.add(newSession(world, params));
    world.lineItems.set(session.id, itemsOf(world, params));
    world.clock.after(session.expires_at - world.now(), () => {
      if (session.status === "open") expire(world, session);
    });
    return session;
  }),
  route("GET /v1/checkout/sessions/:id", {}, ({ world, path }) => world.sessions.get(path.id ?? "")),
  route(
    "GET /v1/checkout/sessions",
    takes<Stripe.Checkout.SessionListParams>()({
      ...paging,
      customer: text.optional(),
      payment_intent: text.optional(),
    }),
    ({ world, params, url }) =>
      world.sessions.page(
        url,
        params,
        (one) =>
          (!params.customer || one.customer === params.customer) &&
          (!params.payment_intent || one.payment_intent === params.payment_intent),
      ),
  ),
  route("GET /v1/checkout/sessions/:id/line_items", paging, ({ world, params, path, url }) =>
    pageOf(world.lineItems.get(world.sessions.get(path.id ?? "").id) ?? [], url, params),
  ),
  route("POST /v1/checkout/sessions/:id/expire", {}, ({ world, path }) => {
    const session = world.sessions.get(path.id ?? "");
    if (session.status !== "open") {
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}`,
      );
    }
    expire(world, session);
    return session;
  }),
];

function itemsOf(world: World, params: Params) {
  return (params.line_items ?? []).map(({ price_data, quantity }) => ({
    id: world.id("li"),
    object: "item",
    amount_discount: 0,
    amount_subtotal: price_data.unit_amount * quantity,
    amount_tax: 0,
    amount_total: price_data.unit_amount * quantity,
    currency: "usd",
    description: price_data.product_data.name,
    quantity,
  }));
}
