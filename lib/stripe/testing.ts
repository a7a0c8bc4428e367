import { eq } from "drizzle-orm";
import { asSystem } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { stripeEvents } from "@/db/schema/stripe";
import type { StripeDouble } from "@/e2e/stripe/server";
import { signatureOf } from "@/e2e/stripe/webhooks";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { CONNECT_WEBHOOK_SECRET, WEBHOOK_SECRET } from "./double-testing";
import type { Applied } from "./event-handler";

/** The ids of the double's events, in the order they happened, from a place on. */
export function eventIds(double: StripeDouble, from = 0): string[] {
  return double.world.events
    .where(() => true)
    .map(({ id }) => id)
    .slice(from);
}

/** Receives events as the route does, and applies each at once; what fails stays open. Gives what became of them. */
export async function deliver(double: StripeDouble, ids = eventIds(double)): Promise<string[]> {
  const { receiveEvent } = await import("./ingest");
  const { processEvent } = await import("./process");
  const ends: string[] = [];
  for (const id of ids) {
    const event = double.world.events.get(id);
    const body = JSON.stringify(event, null, 2);
    // Stripe tells of the accounts of partners at an endpoint of their own.
    await ("account" in event && event.account
      ? receiveEvent(body, signatureOf(body, CONNECT_WEBHOOK_SECRET), "connect")
      : receiveEvent(body, signatureOf(body, WEBHOOK_SECRET), "account"));
    ends.push(await processEvent(id));
  }
  return ends;
}

/** Looks at what an event is about, and writes down what was seen whenever it is called. */
export async function look(
  type: string,
  objectId: string,
  account: string | null = null,
): Promise<() => Promise<Applied>> {
  const { EVENT_HANDLERS } = await import("./events");
  const { getStripe } = await import("./client");
  const handler = EVENT_HANDLERS[type];
  if (!handler) throw new Error(`nothing is done with ${type}`);
  const event = { id: "", type, objectId, account, occurredAt: new Date(), payload: null };
  const apply = await handler.run((await getStripe()).stripe, event);
  return () => asSystem("test", apply);
}

/** How far events of ours have come, by their ids. */
export async function eventStates(ids: readonly string[]): Promise<(string | undefined)[]> {
  const rows = await asSystem("test", (tx) =>
    tx.select({ id: stripeEvents.id, status: stripeEvents.status }).from(stripeEvents),
  );
  const byId = new Map(rows.map(({ id, status }) => [id, status]));
  return ids.map((id) => byId.get(id));
}

/** A tenant with a plan: somebody who pays. */
export async function makePayer(partnerId: string | null = null): Promise<TestTenant> {
  const tenant = await makeTenant(partnerId);
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing" }),
  );
  return tenant;
}

/** The customer at Stripe that is noted for a tenant. */
export async function customerOf({ tenantId }: TestTenant): Promise<string | null> {
  const [row] = await asSystem("test", (tx) =>
    tx
      .select({ id: subscriptions.stripeCustomerId })
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenantId)),
  );
  return row?.id ?? null;
}

/** Delivers events in whatever order the numbers say: each is sent twice, and a third of what is sent is lost. */
export async function deliverAnyhow(
  double: StripeDouble,
  ids: readonly string[],
  draw: () => number,
): Promise<void> {
  const heard = [...ids, ...ids]
    .map((id) => ({ id, at: draw(), isLost: draw() % 3 === 0 }))
    .filter(({ isLost }) => !isLost)
    .sort((a, b) => a.at - b.at);
  await deliver(
    double,
    heard.map(({ id }) => id),
  );
}
