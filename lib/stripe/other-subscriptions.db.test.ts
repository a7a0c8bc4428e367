import { eq } from "drizzle-orm";
import { afterAll, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { invoices } from "@/db/schema/invoices";
import { subscriptions } from "@/db/schema/plans";
import { stripeEvents } from "@/db/schema/stripe";
import { ensureCustomer } from "@/lib/payments/customer";
import { withTestDatabase } from "@/lib/testing/database";
import { getStripe } from "./client";
import { deliver, eventIds, makePayer } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

it("a subscription at Stripe is not a plan here, also of a customer of ours: its events are stored and change nothing", async () => {
  const tenant = await makePayer();
  const { stripe } = await getStripe();
  const customer = await ensureCustomer(stripe, tenant.job);
  const kept = () =>
    asSystem("test", async (tx) => ({
      plans: await tx.select().from(subscriptions).where(eq(subscriptions.tenantId, tenant.tenantId)),
      bills: await tx.select().from(invoices).where(eq(invoices.tenantId, tenant.tenantId)),
    }));
  const before = await kept();
  const from = eventIds(double).length;
  const object = {
    id: "sub_1",
    object: "subscription",
    customer,
    metadata: { tenant_id: tenant.tenantId },
    items: { data: [{ current_period_start: 1_790_000_000, current_period_end: 1_792_592_000 }] },
  };
  double.world.emit({ type: "customer.subscription.created", object: { ...object, status: "active" } });
  double.world.emit({ type: "customer.subscription.updated", object: { ...object, status: "past_due" } });
  double.world.emit({ type: "customer.subscription.deleted", object: { ...object, status: "canceled" } });
  const [created = "", updated = "", deleted = ""] = eventIds(double, from);
  // The last comes first, the first is lost until the end, and one comes twice.
  expect(await deliver(double, [deleted, updated, updated])).toEqual(["ignored", "ignored", "known"]);
  expect(await kept()).toEqual(before);
  expect(await deliver(double, [created, deleted])).toEqual(["ignored", "known"]);
  expect(await kept()).toEqual(before);
  const rows = await asSystem("test", (tx) =>
    tx.select({ status: stripeEvents.status }).from(stripeEvents).where(eq(stripeEvents.objectId, "sub_1")),
  );
  expect(rows.map(({ status }) => status)).toEqual(["ignored", "ignored", "ignored"]);
});
