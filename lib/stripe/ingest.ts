import "server-only";
import Stripe from "stripe";
import { asSystem } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";
import { AppError } from "@/lib/errors";
import { type StripeEndpoint, stripeSettings } from "./settings";

export type ReceivedEvent = { eventId: string; isNew: boolean };

function verified(rawBody: string, signature: string | null, secret: string): Stripe.Event {
  try {
    return Stripe.webhooks.constructEvent(rawBody, signature ?? "", secret);
  } catch (cause) {
    throw new AppError("invalid", "The signature of this event is missing, old or not ours.", {
      reason: "bad_signature",
      cause,
    });
  }
}

function objectIdOf(event: Stripe.Event): string | null {
  const { object } = event.data;
  return "id" in object && typeof object.id === "string" ? object.id : null;
}

/**
 * Stores an event of Stripe's, once, however often it comes. Applying it is `processEvent`'s.
 * @param rawBody as it came, byte for byte
 * @throws AppError `not_found` where the endpoint has no secret; `invalid` (`bad_signature`), and nothing is stored
 */
export async function receiveEvent(
  rawBody: string,
  signature: string | null,
  endpoint: StripeEndpoint,
): Promise<ReceivedEvent> {
  const { webhookSecrets } = await stripeSettings();
  const secret = webhookSecrets[endpoint]?.reveal();
  if (!secret) throw new AppError("not_found");
  const event = verified(rawBody, signature, secret);
  return storeEvent(event, JSON.parse(rawBody), endpoint);
}

/** Stores an event that Stripe itself vouches for, once. */
export async function storeEvent(
  event: Stripe.Event,
  payload: unknown,
  endpoint: StripeEndpoint,
): Promise<ReceivedEvent> {
  const stored = await asSystem("stripe-webhook", (tx) =>
    tx
      .insert(stripeEvents)
      .values({
        id: event.id,
        endpoint,
        account: event.account ?? null,
        type: event.type,
        apiVersion: event.api_version,
        livemode: event.livemode,
        objectId: objectIdOf(event),
        payload,
        occurredAt: new Date(event.created * 1000),
      })
      .onConflictDoNothing()
      .returning({ id: stripeEvents.id }),
  );
  return { eventId: event.id, isNew: stored.length > 0 };
}
