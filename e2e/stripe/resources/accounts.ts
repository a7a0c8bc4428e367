import type Stripe from "stripe";
import { z } from "zod";
import { invalid, noAccess } from "../fault";
import { created, flag, metadata, paging, takes, text } from "../params";
import { type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";

const capability = z.strictObject({ requested: flag }).optional();
const common = {
  business_profile: z
    .strictObject({
      mcc: text.optional(),
      name: text.optional(),
      product_description: text.optional(),
      url: text.optional(),
    })
    .optional(),
  capabilities: z.strictObject({ card_payments: capability, transfers: capability }).optional(),
  email: text.optional(),
  metadata: metadata.optional(),
};
type Common = Partial<z.infer<z.ZodObject<typeof common, z.core.$strict>>>;

const create = takes<Stripe.AccountCreateParams>()({
  ...common,
  business_type: z.enum(["company", "individual", "non_profit"]).optional(),
  controller: z
    .strictObject({
      fees: z.strictObject({ payer: z.enum(["account", "application"]) }).optional(),
      losses: z.strictObject({ payments: z.enum(["application", "stripe"]) }).optional(),
      requirement_collection: z.enum(["application", "stripe"]).optional(),
      stripe_dashboard: z.strictObject({ type: z.enum(["express", "full", "none"]) }).optional(),
    })
    .optional(),
  country: text.optional(),
  type: z.enum(["custom", "express", "standard"]).optional(),
});

const LINK_SECONDS = 300;
const WANTED = ["business_type", "external_account", "tos_acceptance.date", "tos_acceptance.ip"];
const ALL_DONE: Stripe.Account.Requirements = {
  alternatives: [],
  current_deadline: null,
  currently_due: [],
  disabled_reason: null,
  errors: [],
  eventually_due: [],
  past_due: [],
  pending_verification: [],
};
const MUCH_TO_DO: Stripe.Account.Requirements = {
  ...ALL_DONE,
  currently_due: WANTED,
  disabled_reason: "requirements.past_due",
  eventually_due: WANTED,
  past_due: WANTED,
};

function apply(account: Stripe.Account, params: Common): void {
  if (params.email !== undefined) account.email = params.email || null;
  account.metadata = mergedMetadata(account.metadata ?? {}, params.metadata);
  for (const [name, { requested } = {}] of Object.entries(params.capabilities ?? {})) {
    if (requested)
      account.capabilities = {
        ...account.capabilities,
        [name]: account.payouts_enabled ? "active" : "inactive",
      };
  }
}

/** What the person did on Stripe's pages: told all that is wanted, or took it back (`isComplete` false). */
export function onboard(world: World, account: Stripe.Account, isComplete: boolean): void {
  account.details_submitted = isComplete;
  account.payouts_enabled = isComplete;
  account.charges_enabled = isComplete;
  account.requirements = structuredClone(isComplete ? ALL_DONE : MUCH_TO_DO);
  for (const name of Object.keys(account.capabilities ?? {})) {
    const status = isComplete ? "active" : "inactive";
    account.capabilities = { ...account.capabilities, [name]: status };
    const shown = {
      id: name,
      object: "capability",
      account: account.id,
      requested: true,
      requested_at: account.created ?? null,
      status,
    };
    world.emit({ type: "capability.updated", object: shown, account: account.id });
  }
  world.emit({ type: "account.updated", object: account, account: account.id });
}

type Link = { account: string; returnUrl: string; refreshUrl: string; expiresAt: number };

export const accountRoutes: readonly Route[] = [
  route("GET /v1/account", {}, ({ account, world }) =>
    account
      ? world.accounts.get(account)
      : {
          id: "acct_platformOfTheDouble",
          object: "account",
          charges_enabled: true,
          country: "US",
          default_currency: "usd",
          details_submitted: true,
          email: "platform@example.com",
          payouts_enabled: true,
          type: "standard",
        },
  ),
  route("POST /v1/accounts", create, ({ world, params }) => {
    const type =
      params.type ?? (params.controller?.stripe_dashboard?.type === "express" ? "express" : "none");
    const account: Stripe.Account = world.accounts.add({
      id: world.id("acct", 16),
      object: "account",
      business_profile: null,
      business_type: params.business_type ?? null,
      capabilities: {},
      charges_enabled: false,
      controller: { type: "application", is_controller: true },
      country: params.country ?? "US",
      created: world.now(),
      default_currency: "usd",
      details_submitted: false,
      email: null,
      metadata: {},
      payouts_enabled: false,
      requirements: structuredClone(MUCH_TO_DO),
      type,
    } satisfies Stripe.Account);
    apply(account, params);
    return account;
  }),
  route("GET /v1/accounts/:id", {}, ({ world, path }) => {
    const account = world.accounts.find(path.id ?? "");
    if (account) return account;
    throw noAccess(path.id ?? "");
  }),
  route("POST /v1/accounts/:id", takes<Stripe.AccountUpdateParams>()(common), ({ world, params, path }) => {
    const account = world.accounts.get(path.id ?? "");
    apply(account, params);
    world.emit({ type: "account.updated", object: account, account: account.id });
    return account;
  }),
  route("DELETE /v1/accounts/:id", {}, ({ world, path }) => {
    const account = world.accounts.get(path.id ?? "");
    world.accounts.remove(account.id);
    return { id: account.id, object: "account", deleted: true };
  }),
  route(
    "GET /v1/accounts",
    takes<Stripe.AccountListParams>()({ ...paging, created }),
    ({ world, params, url }) => world.accounts.page(url, params),
  ),
  route(
    "POST /v1/account_links",
    takes<Stripe.AccountLinkCreateParams>()({
      account: text,
      refresh_url: text.optional(),
      return_url: text.optional(),
      type: z.enum(["account_onboarding", "account_update"]),
    }),
    ({ world, params }) => {
      const account = world.accounts.get(params.account, "account");
      for (const name of ["refresh_url", "return_url"] as const) {
        if (!URL.canParse(params[name] ?? ""))
          throw invalid("Not a valid URL", { code: "url_invalid", param: name });
      }
      const token = world.id("link", 20);
      const link: Link = {
        account: account.id,
        returnUrl: params.return_url ?? "",
        refreshUrl: params.refresh_url ?? "",
        expiresAt: world.now() + LINK_SECONDS,
      };
      world.accountLinks.set(token, link);
      return {
        object: "account_link",
        created: world.now(),
        expires_at: link.expiresAt,
        url: `${world.origin}/onboarding/${token}`,
      } satisfies Stripe.AccountLink;
    },
  ),
  route("POST /v1/accounts/:id/login_links", {}, ({ world, path }) => {
    const account = world.accounts.get(path.id ?? "");
    if (!account.details_submitted) {
      throw invalid("Cannot create a login link for an account that has not completed onboarding.");
    }
    return { object: "login_link", created: world.now(), url: `${world.origin}/express/${account.id}` };
  }),
];
