import type Stripe from "stripe";
import { z } from "zod";
import { invalid, noAccess } from "../fault";
import { created, flag, metadata, paging, takes, text } from "../params";
import { type Route, route } from "../router";
import { mergedMetadata, type World } from "../world";

const KEPT_SECONDS = 30 * 24 * 3600;

function fits(type: string, pattern: string): boolean {
  return pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}

/** The connected accounts' events are shown to calls that are made for them, and to nobody else. */
const owned = (account: string) => (event: Stripe.EventBase) => (event.account ?? "") === account;

const endpoint = {
  description: text.optional(),
  enabled_events: z.array(text).min(1),
  metadata: metadata.optional(),
  url: text,
};

function checkUrl(url: string): void {
  if (!URL.canParse(url))
    throw invalid("Invalid URL: An explicit scheme (such as https) must be provided.", {
      code: "url_invalid",
      param: "url",
    });
}

/** Registers where webhooks go; `secret` is what they are signed with. */
export function addEndpoint(
  world: World,
  wanted: { url: string; secret?: string; isConnect: boolean; events: string[] },
) {
  const made: Stripe.WebhookEndpoint = {
    id: world.id("we"),
    object: "webhook_endpoint",
    api_version: world.apiVersion,
    application: null,
    created: world.now(),
    description: null,
    enabled_events: wanted.events,
    livemode: false,
    metadata: {},
    secret: wanted.secret ?? world.id("whsec", 32),
    status: "enabled",
    url: wanted.url,
  };
  if (wanted.isConnect) world.connectEndpoints.add(made.id);
  return world.endpoints.add(made);
}

/** Only the answer to its creation shows an endpoint's secret. */
function shown({ secret: _, ...rest }: Stripe.WebhookEndpoint) {
  return rest;
}

export const eventRoutes: readonly Route[] = [
  route("GET /v1/events/:id", {}, ({ world, path }) => world.events.get(path.id ?? "")),
  route(
    "GET /v1/events",
    takes<Stripe.EventListParams>()({
      ...paging,
      created,
      delivery_success: flag.optional(),
      type: text.optional(),
      types: z.array(text).optional(),
    }),
    ({ world, params, account, url }) => {
      // Whoever closed an account, or took it from us, is a stranger.
      if (account && !world.accounts.find(account)) throw noAccess(account);
      const types = params.types ?? (params.type ? [params.type] : ["*"]);
      const isOwned = owned(account);
      return world.events.page(
        url,
        params,
        (event) =>
          isOwned(event) &&
          event.created > world.now() - KEPT_SECONDS &&
          types.some((pattern) => fits(event.type, pattern)) &&
          (params.delivery_success === undefined ||
            params.delivery_success === (event.pending_webhooks === 0)),
      );
    },
  ),
  route(
    "POST /v1/webhook_endpoints",
    takes<Stripe.WebhookEndpointCreateParams>()({
      ...endpoint,
      connect: flag.optional(),
      api_version: text.optional(),
    }),
    ({ world, params }) => {
      checkUrl(params.url);
      const made = addEndpoint(world, {
        url: params.url,
        isConnect: params.connect === true,
        events: params.enabled_events,
      });
      made.description = params.description ?? null;
      made.metadata = mergedMetadata({}, params.metadata);
      return made;
    },
  ),
  route("GET /v1/webhook_endpoints", paging, ({ world, params, url }) => {
    const page = world.endpoints.page(url, params);
    return { ...page, data: page.data.map(shown) };
  }),
  route("GET /v1/webhook_endpoints/:id", {}, ({ world, path }) => shown(world.endpoints.get(path.id ?? ""))),
  route(
    "POST /v1/webhook_endpoints/:id",
    takes<Stripe.WebhookEndpointUpdateParams>()({
      disabled: flag.optional(),
      enabled_events: z.array(text).min(1).optional(),
      url: text.optional(),
    }),
    ({ world, params, path }) => {
      const known = world.endpoints.get(path.id ?? "");
      if (params.url !== undefined) {
        checkUrl(params.url);
        known.url = params.url;
      }
      known.enabled_events = params.enabled_events ?? known.enabled_events;
      if (params.disabled !== undefined) known.status = params.disabled ? "disabled" : "enabled";
      return shown(known);
    },
  ),
  route("DELETE /v1/webhook_endpoints/:id", {}, ({ world, path }) => {
    const { id } = world.endpoints.get(path.id ?? "");
    world.endpoints.remove(id);
    return { id, object: "webhook_endpoint", deleted: true };
  }),
];

/** The endpoints that an event goes to: the platform's, or those of Connect for events of connected accounts. */
export function endpointsOf(world: World, event: Stripe.EventBase): Stripe.WebhookEndpoint[] {
  return world.endpoints.where(
    (one) =>
      one.status === "enabled" &&
      world.connectEndpoints.has(one.id) === (event.account !== undefined) &&
      one.enabled_events.some((pattern) => fits(event.type, pattern)),
  );
}
