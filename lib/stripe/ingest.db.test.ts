import { eq, inArray, sql } from "drizzle-orm";
import { afterAll, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { stripeEvents } from "@/db/schema/stripe";
import { signatureOf } from "@/e2e/stripe/webhooks";
import { withTestDatabase } from "@/lib/testing/database";
import { WEBHOOK_SECRET } from "./double-testing";
import { processEvent } from "./process";
import { applyWaiting, waitingEvents } from "./sweep";
import { deliver, eventIds, eventStates } from "./testing";
import { answerWebhook } from "./webhook";

const double = await vi.hoisted(async () => (await import("./double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

const now = () => Math.floor(Date.now() / 1000);
const bodyOf = (id: string, type = "product.created") =>
  JSON.stringify({
    id,
    object: "event",
    type,
    created: now(),
    livemode: false,
    data: { object: { id: "prod_1" } },
  });

function post(body: string, signature: string | null, endpoint: "account" | "connect" = "account") {
  const headers = new Headers(signature === null ? {} : { "stripe-signature": signature });
  return answerWebhook(
    new Request("http://localhost/api/webhooks/stripe", { method: "POST", body, headers }),
    endpoint,
  );
}

const stored = async () =>
  (await asSystem("test", (tx) => tx.select({ id: stripeEvents.id }).from(stripeEvents))).map(({ id }) => id);

describe("what Stripe sends", () => {
  it("is stored once, however often it comes, and answered at once", async () => {
    const body = bodyOf("evt_once");
    const first = await post(body, signatureOf(body, WEBHOOK_SECRET));
    expect([first.status, await first.json()]).toEqual([200, { received: true, duplicate: false }]);
    const again = await post(body, signatureOf(body, WEBHOOK_SECRET, now() - 60));
    expect([again.status, await again.json()]).toEqual([200, { received: true, duplicate: true }]);
    const [row] = await asSystem("test", (tx) =>
      tx.select().from(stripeEvents).where(eq(stripeEvents.id, "evt_once")),
    );
    expect(row).toMatchObject({
      type: "product.created",
      objectId: "prod_1",
      livemode: false,
      status: "received",
    });
    expect(row?.payload).toEqual(JSON.parse(body));
  });

  it("stores nothing of a body with a bad, old or missing signature, or none at all", async () => {
    const before = await stored();
    const body = bodyOf("evt_bad");
    const bad = [
      signatureOf(body, "whsec_other"),
      signatureOf(`${body} `, WEBHOOK_SECRET),
      signatureOf(body, WEBHOOK_SECRET, now() - 400),
      "nonsense",
      "",
      null,
    ];
    for (const signature of bad) expect((await post(body, signature)).status).toBe(400);
    expect((await post("", signatureOf("", WEBHOOK_SECRET))).status).not.toBe(200);
    expect((await post("x".repeat(1_000_001), "t=1,v1=1")).status).toBe(413);
    expect(await stored()).toEqual(before);
  });

  it("has no address where there is no secret", async () => {
    const body = bodyOf("evt_connect");
    expect((await post(body, signatureOf(body, WEBHOOK_SECRET), "connect")).status).toBe(404);
    expect(await stored()).not.toContain("evt_connect");
  });

  it("is ignored when it is none of our business, and is known afterwards", async () => {
    const body = bodyOf("evt_other");
    await post(body, signatureOf(body, WEBHOOK_SECRET));
    expect(await processEvent("evt_other")).toBe("ignored");
    expect(await processEvent("evt_other")).toBe("known");
    expect(await processEvent("evt_never_seen")).toBe("unknown");
  });

  it("is ignored when it is of what is real while we test, or the other way round", async () => {
    double.world.emit({ type: "payout.paid", object: { id: "po_of_the_other" }, account: "acct_partner" });
    const [id = ""] = eventIds(double).slice(-1);
    const body = JSON.stringify({ ...double.world.events.get(id), livemode: true });
    await post(body, signatureOf(body, WEBHOOK_SECRET));
    expect(await processEvent(id)).toBe("ignored");
  });

  it("stays open while Stripe cannot be asked, however long, and is given up for what no waiting mends", async () => {
    double.world.emit({ type: "customer.updated", object: { id: "cus_stranger" } });
    const [id = ""] = eventIds(double).slice(-1);
    double.api.orders.add({ call: "GET /v1/customers/*", do: "cut_before" });
    await expect(deliver(double, [id])).rejects.toMatchObject({ code: "upstream" });
    expect(await eventStates([id])).toEqual(["received"]);
    await asSystem("test", (tx) =>
      tx.update(stripeEvents).set({ attempts: 10_000 }).where(eq(stripeEvents.id, id)),
    );
    double.api.orders.add({ call: "GET /v1/customers/*", do: "busy" });
    await expect(processEvent(id)).rejects.toMatchObject({ code: "upstream" });
    expect(await eventStates([id])).toEqual(["received"]);
    // Nobody of that id: a mistake that no waiting mends.
    await expect(processEvent(id)).rejects.toMatchObject({ code: "internal" });
    expect(await eventStates([id])).toEqual(["failed"]);
    const customer = await stranger();
    expect(await processEvent(customer)).toBe("ignored");
  });
});

describe("events that wait", () => {
  it("are found after half a minute, and applied a few at a time", async () => {
    const ids = Array.from({ length: 9 }, (_, index) => `evt_wait_${index}`);
    for (const id of ids) {
      const body = bodyOf(id);
      await post(body, signatureOf(body, WEBHOOK_SECRET));
    }
    const ours = async () => (await waitingEvents()).filter((id) => id.startsWith("evt_wait_"));
    expect(await ours()).toEqual([]);
    await asSystem("test", (tx) =>
      tx
        .update(stripeEvents)
        .set({ receivedAt: sql`now() - interval '31 seconds'` })
        .where(inArray(stripeEvents.id, ids)),
    );
    expect((await ours()).sort()).toEqual(ids);
    expect(await applyWaiting(await ours())).toBe(9);
    expect(await ours()).toEqual([]);
  });
});

/** An event of a customer that is not ours: somebody else uses the same account. */
async function stranger(): Promise<string> {
  const { getStripe } = await import("./client");
  const { id } = await (await getStripe()).stripe.customers.create({ name: "Somebody else's" });
  await (await getStripe()).stripe.customers.update(id, { name: "Still" });
  const [event = ""] = eventIds(double).slice(-1);
  const body = JSON.stringify(double.world.events.get(event));
  await post(body, signatureOf(body, WEBHOOK_SECRET));
  return event;
}
