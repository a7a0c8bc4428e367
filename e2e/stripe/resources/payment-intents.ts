import type Stripe from "stripe";
import { z } from "zod";
import { invalid, missing } from "../fault";
import { created, flag, integer, metadata, paging, takes, text } from "../params";
import { tryPayment } from "../payment";
import { type Call, publicRoute, type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";
import { liveCustomer } from "./customers";
import { createMethod, methodById, methodData } from "./payment-methods";
import { searchRoute } from "./search";

/** What every call that makes or changes an intent takes. */
const common = {
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
  receipt_email: text.optional(),
  setup_future_usage: z.enum(["", "on_session", "off_session"]).optional(),
};
const automatic = z
  .strictObject({ enabled: flag, allow_redirects: z.enum(["always", "never"]).optional() })
  .optional();
const create = takes<Stripe.PaymentIntentCreateParams>()({
  ...common,
  amount: integer,
  currency: text,
  automatic_payment_methods: automatic,
  capture_method: z.enum(["automatic", "automatic_async"]).optional(),
  confirm: flag.optional(),
  customer: text.optional(),
  off_session: flag.optional(),
  allowed_payment_method_types: z.array(z.enum(["card", "us_bank_account"])).optional(),
  return_url: text.optional(),
  statement_descriptor_suffix: text.optional(),
  transfer_group: text.optional(),
} as const);
const confirm = {
  off_session: flag.optional(),
  payment_method: text.optional(),
  payment_method_data: methodData.optional(),
  receipt_email: text.optional(),
  return_url: text.optional(),
  setup_future_usage: common.setup_future_usage,
  use_stripe_sdk: flag.optional(),
};
const MIN_CENTS = 50;
const MAX_CENTS = 99_999_999;

function checkAmount(amount: number): void {
  if (amount < 1)
    throw invalid("This value must be greater than or equal to 1.", {
      code: "parameter_invalid_integer",
      param: "amount",
    });
  if (amount < MIN_CENTS) {
    throw invalid("Amount must be at least $0.50 usd", { code: "amount_too_small", param: "amount" });
  }
  if (amount > MAX_CENTS) {
    throw invalid("Amount must be no more than $999,999.99", { code: "amount_too_large", param: "amount" });
  }
}

type NewIntent = {
  amount: number;
  currency: string;
  automatic?: z.infer<typeof automatic>;
  types?: ("card" | "us_bank_account")[] | undefined;
};

/** An intent that nobody has tried to pay. Without types the account's own are chosen, as Stripe does by default. */
export function newIntent(
  world: World,
  { amount, currency, automatic: chosen, types }: NewIntent,
): Stripe.PaymentIntent {
  checkAmount(amount);
  if (currency.toLowerCase() !== "usd")
    throw invalid(`Invalid currency: ${currency}.`, { param: "currency" });
  const id = world.id("pi");
  return world.paymentIntents.add({
    id,
    object: "payment_intent",
    allowed_payment_method_types: types ?? null,
    amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: "always", ...chosen, enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic_async",
    client_secret: world.id(`${id}_secret`),
    confirmation_method: "automatic",
    created: world.now(),
    currency: "usd",
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: types ?? ["card", "us_bank_account"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  } satisfies Stripe.PaymentIntent);
}

type Common = Partial<z.infer<z.ZodObject<typeof common, z.core.$strict>>>;

function apply(world: World, intent: Stripe.PaymentIntent, params: Common): void {
  if (params.description !== undefined) intent.description = params.description || null;
  if (params.receipt_email !== undefined) intent.receipt_email = params.receipt_email || null;
  if (params.setup_future_usage !== undefined) intent.setup_future_usage = params.setup_future_usage || null;
  intent.metadata = mergedMetadata(intent.metadata, params.metadata);
  if (params.payment_method) {
    intent.payment_method = methodById(world, params.payment_method).id;
    if (intent.status === "requires_payment_method") intent.status = "requires_confirmation";
  }
}

type ConfirmParams = z.infer<z.ZodObject<typeof confirm, z.core.$strict>>;

function doConfirm(
  world: World,
  intent: Stripe.PaymentIntent,
  params: ConfirmParams,
  isPublic: boolean,
): void {
  if (!/^requires_(payment_method|confirmation|action)$/.test(intent.status)) {
    const why =
      intent.status === "succeeded"
        ? "it has already succeeded after being previously confirmed"
        : `it has a status of ${intent.status}`;
    throw unexpected(`You cannot confirm this PaymentIntent because ${why}.`);
  }
  const data = params.payment_method_data;
  const id = data ? createMethod(world, data).id : (params.payment_method ?? intent.payment_method);
  if (!id) {
    throw unexpected(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  const isAnyType = intent.allowed_payment_method_types === null;
  const redirects = isAnyType && intent.automatic_payment_methods?.allow_redirects === "always";
  if (redirects && !params.return_url && !params.use_stripe_sdk) {
    throw invalid(
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    );
  }
  apply(world, intent, {
    receipt_email: params.receipt_email,
    setup_future_usage: params.setup_future_usage,
  });
  if (params.return_url) world.returnUrls.set(intent.id, params.return_url);
  tryPayment(world, intent, methodById(world, String(id)), {
    isOffSession: !isPublic && params.off_session === true,
    // A browser that runs Stripe.js shows the bank's page itself.
    returnUrl: params.use_stripe_sdk ? undefined : params.return_url,
  });
}

function unexpected(message: string) {
  return invalid(message, { code: "payment_intent_unexpected_state" });
}

/** A browser reaches an intent by its secret alone. */
function seen(call: Call<{ client_secret?: string | undefined }>): Stripe.PaymentIntent {
  const intent = call.world.paymentIntents.get(call.path.id ?? "");
  if (call.isPublic && call.params.client_secret !== intent.client_secret)
    throw missing("payment_intent", intent.id);
  return intent;
}

export const paymentIntentRoutes: readonly Route[] = [
  route("POST /v1/payment_intents", create, ({ world, params }) => {
    const {
      amount,
      currency,
      automatic_payment_methods: chosen,
      allowed_payment_method_types: types,
    } = params;
    if (params.off_session !== undefined && !params.confirm) {
      throw invalid("You cannot provide off_session when confirm is not true.", { param: "off_session" });
    }
    const customer = params.customer ? liveCustomer(world, params.customer) : null;
    if (params.payment_method) methodById(world, params.payment_method);
    const intent = newIntent(world, { amount, currency, automatic: chosen, types });
    intent.customer = customer?.id ?? null;
    intent.transfer_group = params.transfer_group ?? null;
    intent.statement_descriptor_suffix = params.statement_descriptor_suffix ?? null;
    apply(world, intent, params);
    world.emit({ type: "payment_intent.created", object: intent });
    const { off_session, return_url } = params;
    if (params.confirm) doConfirm(world, intent, { off_session, return_url }, false);
    return intent;
  }),
  publicRoute(
    "GET /v1/payment_intents/:id",
    takes<Stripe.PaymentIntentRetrieveParams>()({ client_secret: text.optional() }),
    seen,
  ),
  route(
    "POST /v1/payment_intents/:id",
    takes<Stripe.PaymentIntentUpdateParams>()({
      ...common,
      amount: integer.optional(),
      customer: text.optional(),
    }),
    ({ world, params, path }) => {
      const intent = world.paymentIntents.get(path.id ?? "");
      if (
        params.amount !== undefined &&
        !/^requires_(payment_method|confirmation|action)$/.test(intent.status)
      ) {
        throw unexpected(
          `This PaymentIntent's amount could not be updated because it has a status of ${intent.status}.`,
        );
      }
      if (params.amount !== undefined) checkAmount(params.amount);
      intent.amount = params.amount ?? intent.amount;
      if (params.customer) intent.customer = liveCustomer(world, params.customer).id;
      apply(world, intent, params);
      return intent;
    },
  ),
  publicRoute(
    "POST /v1/payment_intents/:id/confirm",
    { ...takes<Stripe.PaymentIntentConfirmParams>()(confirm), client_secret: text.optional() },
    (call) => {
      const intent = seen(call);
      doConfirm(call.world, intent, call.params, call.isPublic);
      return intent;
    },
  ),
  route(
    "POST /v1/payment_intents/:id/cancel",
    takes<Stripe.PaymentIntentCancelParams>()({
      cancellation_reason: z
        .enum(["abandoned", "duplicate", "fraudulent", "requested_by_customer"])
        .optional(),
    }),
    ({ world, params, path }) => {
      const intent = world.paymentIntents.get(path.id ?? "");
      if (!/^requires_/.test(intent.status)) {
        throw unexpected(
          `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action, processing.`,
        );
      }
      intent.status = "canceled";
      intent.canceled_at = world.now();
      intent.cancellation_reason = params.cancellation_reason ?? null;
      intent.next_action = null;
      world.emit({ type: "payment_intent.canceled", object: intent });
      world.onIntent(intent);
      return intent;
    },
  ),
  route(
    "GET /v1/payment_intents",
    takes<Stripe.PaymentIntentListParams>()({ ...paging, created, customer: text.optional() }),
    ({ world, params, url }) =>
      world.paymentIntents.page(url, params, (one) => !params.customer || one.customer === params.customer),
  ),
  searchRoute("payment_intents", (world) => world.paymentIntents.where(() => true)),
];
