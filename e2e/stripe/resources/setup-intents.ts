import type Stripe from "stripe";
import { z } from "zod";
import { askBank } from "../attempt";
import type { TestCard } from "../cards";
import { invalid, missing, StripeFault } from "../fault";
import { flag, metadata, paging, takes, text } from "../params";
import { type Call, publicRoute, type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";
import { liveCustomer } from "./customers";
import { attachMethod, createMethod, methodById, methodData, secretOf } from "./payment-methods";

const common = {
  customer: text.optional(),
  description: text.optional(),
  metadata: metadata.optional(),
  payment_method: text.optional(),
};
const confirm = {
  payment_method: text.optional(),
  payment_method_data: methodData.optional(),
  return_url: text.optional(),
  use_stripe_sdk: flag.optional(),
};

export function newSetup(
  world: World,
  types: ("card" | "us_bank_account")[] | undefined,
): Stripe.SetupIntent {
  const id = world.id("seti");
  return world.setupIntents.add({
    id,
    object: "setup_intent",
    allowed_payment_method_types: types ?? null,
    application: null,
    automatic_payment_methods: { allow_redirects: "always", enabled: true },
    cancellation_reason: null,
    client_secret: world.id(`${id}_secret`),
    created: world.now(),
    customer: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    mandate: null,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: types ?? ["card"],
    single_use_mandate: null,
    status: "requires_payment_method",
    usage: "off_session",
  } satisfies Stripe.SetupIntent);
}

function unexpected(message: string) {
  return invalid(message, { code: "setup_intent_unexpected_state" });
}

function fail(world: World, setup: Stripe.SetupIntent, error: Stripe.SetupIntent.LastSetupError): void {
  setup.status = "requires_payment_method";
  setup.payment_method = null;
  setup.next_action = null;
  setup.last_setup_error = error;
  world.emit({ type: "setup_intent.setup_failed", object: setup });
  world.onSetup(setup);
}

function declinedBy(method: Stripe.PaymentMethod, decline: NonNullable<TestCard["decline"]>) {
  const { code, declineCode: decline_code, message } = decline;
  return {
    code,
    decline_code,
    message,
    payment_method: structuredClone(method),
    type: "card_error" as const,
  };
}

export function trySetup(
  world: World,
  setup: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  { isAuthenticated = false, returnUrl }: { isAuthenticated?: boolean; returnUrl?: string | undefined },
): void {
  setup.payment_method = method.id;
  setup.next_action = null;
  const verdict = askBank(world, method, { isOffSession: false, isAuthenticated, isSetup: true });
  if (verdict.is === "declined") {
    const error = declinedBy(method, verdict.decline);
    fail(world, setup, error);
    throw new StripeFault(402, { ...error, setup_intent: structuredClone(setup) });
  }
  if (verdict.is === "asks") {
    const url = `${world.origin}/challenge/${setup.id}?secret=${setup.client_secret}`;
    setup.status = "requires_action";
    setup.next_action = returnUrl
      ? { type: "redirect_to_url", redirect_to_url: { url, return_url: returnUrl } }
      : { type: "use_stripe_sdk", use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: url } };
    world.emit({ type: "setup_intent.requires_action", object: setup });
    return;
  }
  setup.status = "succeeded";
  setup.last_setup_error = null;
  secretOf(world, method).isSetUp = true;
  if (setup.customer) attachMethod(world, method.id, String(setup.customer));
  world.emit({ type: "setup_intent.succeeded", object: setup });
  world.onSetup(setup);
}

/** The customer was shown their bank's page for a card to be saved. */
export function answerSetupChallenge(
  world: World,
  setup: Stripe.SetupIntent,
  isAuthenticated: boolean,
): void {
  if (setup.status !== "requires_action") return;
  const method = world.paymentMethods.get(String(setup.payment_method));
  if (isAuthenticated) return void trySetup(world, setup, method, { isAuthenticated });
  fail(world, setup, {
    code: "setup_intent_authentication_failure",
    message:
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    payment_method: structuredClone(method),
    type: "invalid_request_error",
  });
}

type ConfirmParams = z.infer<z.ZodObject<typeof confirm, z.core.$strict>>;

function doConfirm(world: World, setup: Stripe.SetupIntent, params: ConfirmParams): void {
  if (!/^requires_/.test(setup.status)) {
    throw unexpected(
      `You cannot confirm this SetupIntent because it has ${setup.status === "succeeded" ? "already succeeded" : `a status of ${setup.status}`}.`,
    );
  }
  const data = params.payment_method_data;
  const id = data ? createMethod(world, data).id : (params.payment_method ?? setup.payment_method);
  if (!id) {
    throw unexpected(
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
    );
  }
  const redirects =
    setup.automatic_payment_methods?.allow_redirects === "always" && !setup.allowed_payment_method_types;
  if (redirects && !params.return_url && !params.use_stripe_sdk) {
    throw invalid(
      "This SetupIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`.",
    );
  }
  if (params.return_url) world.returnUrls.set(setup.id, params.return_url);
  trySetup(world, setup, methodById(world, String(id)), {
    returnUrl: params.use_stripe_sdk ? undefined : params.return_url,
  });
}

function seen(call: Call<{ client_secret?: string | undefined }>): Stripe.SetupIntent {
  const setup = call.world.setupIntents.get(call.path.id ?? "");
  if (call.isPublic && call.params.client_secret !== setup.client_secret)
    throw missing("setupintent", setup.id);
  return setup;
}

export const setupIntentRoutes: readonly Route[] = [
  route(
    "POST /v1/setup_intents",
    takes<Stripe.SetupIntentCreateParams>()({
      ...common,
      automatic_payment_methods: z
        .strictObject({ enabled: flag, allow_redirects: z.enum(["always", "never"]).optional() })
        .optional(),
      confirm: flag.optional(),
      allowed_payment_method_types: z.array(z.enum(["card", "us_bank_account"])).optional(),
      return_url: text.optional(),
      usage: z.enum(["off_session", "on_session"]).optional(),
    } as const),
    ({ world, params }) => {
      const customer = params.customer ? liveCustomer(world, params.customer).id : null;
      const method = params.payment_method ? methodById(world, params.payment_method) : null;
      const setup = newSetup(world, params.allowed_payment_method_types);
      if (setup.automatic_payment_methods)
        Object.assign(setup.automatic_payment_methods, params.automatic_payment_methods);
      Object.assign(setup, {
        customer,
        description: params.description ?? null,
        metadata: mergedMetadata({}, params.metadata),
        payment_method: method?.id ?? null,
        status: method ? "requires_confirmation" : "requires_payment_method",
        usage: params.usage ?? "off_session",
      } satisfies Partial<Stripe.SetupIntent>);
      world.emit({ type: "setup_intent.created", object: setup });
      if (params.confirm) doConfirm(world, setup, { return_url: params.return_url });
      return setup;
    },
  ),
  publicRoute(
    "GET /v1/setup_intents/:id",
    takes<Stripe.SetupIntentRetrieveParams>()({ client_secret: text.optional() }),
    seen,
  ),
  route(
    "POST /v1/setup_intents/:id",
    takes<Stripe.SetupIntentUpdateParams>()(common),
    ({ world, params, path }) => {
      const setup = world.setupIntents.get(path.id ?? "");
      if (params.customer) setup.customer = liveCustomer(world, params.customer).id;
      if (params.description !== undefined) setup.description = params.description || null;
      setup.metadata = mergedMetadata(setup.metadata, params.metadata);
      if (params.payment_method) {
        setup.payment_method = methodById(world, params.payment_method).id;
        setup.status = "requires_confirmation";
      }
      return setup;
    },
  ),
  publicRoute(
    "POST /v1/setup_intents/:id/confirm",
    { ...takes<Stripe.SetupIntentConfirmParams>()(confirm), client_secret: text.optional() },
    (call) => {
      const setup = seen(call);
      doConfirm(call.world, setup, call.params);
      return setup;
    },
  ),
  route(
    "POST /v1/setup_intents/:id/cancel",
    takes<Stripe.SetupIntentCancelParams>()({
      cancellation_reason: z.enum(["abandoned", "duplicate", "requested_by_customer"]).optional(),
    }),
    ({ world, params, path }) => {
      const setup = world.setupIntents.get(path.id ?? "");
      if (!/^requires_/.test(setup.status)) {
        throw unexpected(`You cannot cancel this SetupIntent because it has a status of ${setup.status}.`);
      }
      setup.status = "canceled";
      setup.cancellation_reason = params.cancellation_reason ?? null;
      world.emit({ type: "setup_intent.canceled", object: setup });
      world.onSetup(setup);
      return setup;
    },
  ),
  route(
    "GET /v1/setup_intents",
    takes<Stripe.SetupIntentListParams>()({
      ...paging,
      customer: text.optional(),
      payment_method: text.optional(),
    }),
    ({ world, params, url }) =>
      world.setupIntents.page(
        url,
        params,
        (one) =>
          (!params.customer || one.customer === params.customer) &&
          (!params.payment_method || one.payment_method === params.payment_method),
      ),
  ),
];
