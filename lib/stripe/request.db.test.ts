import { eq } from "drizzle-orm";
import Stripe from "stripe";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { stripeRequests } from "@/db/schema/stripe";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { getStripe } from "./client";
import { type Outgoing, sendOnce } from "./request";

const double = await vi.hoisted(async () => (await import("./double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

const POST = "POST /v1/customers";

/** Makes a customer that bears our id. */
function creation(id: string, name = "A"): Outgoing<Stripe.Customer | Stripe.DeletedCustomer> {
  return {
    key: `test:${id}`,
    operation: "customer.create",
    body: { id, name },
    target: { type: "test", id },
    send: (stripe, options) => stripe.customers.create({ name, metadata: { id } }, options),
    get: (stripe, customer) => stripe.customers.retrieve(customer),
    find: async (stripe) =>
      (await stripe.customers.search({ query: `metadata['id']:'${id}'` })).data[0] ?? null,
  };
}

const run = async (outgoing: Outgoing<Stripe.Customer | Stripe.DeletedCustomer>, now?: Date) =>
  sendOnce((await getStripe()).stripe, outgoing, now);

function addressOf(origin: string) {
  const { hostname, port } = new URL(origin);
  return { host: hostname, port, protocol: "http" as const };
}

const made = (id: string) => double.world.customers.where((one) => one.metadata.id === id).length;

async function rowOf(key: string) {
  const [row] = await asSystem("test", (tx) =>
    tx.select().from(stripeRequests).where(eq(stripeRequests.key, key)),
  );
  return row;
}

describe("a write that is asked of Stripe", () => {
  it("is noted, sent under its key, and gives the same object ever after", async () => {
    const id = newId();
    const first = await run(creation(id));
    const second = await run(creation(id));
    expect(second.id).toBe(first.id);
    expect(made(id)).toBe(1);
    expect(await rowOf(`test:${id}`)).toMatchObject({
      status: "done",
      stripeObjectId: first.id,
      httpStatus: 200,
      attempts: 2,
    });
    expect(double.calls.filter(({ key }) => key === `test:${id}`)).toHaveLength(1);
  });

  it("is refused under a key that meant something else", async () => {
    const id = newId();
    await run(creation(id));
    await expect(run(creation(id, "B"))).rejects.toMatchObject({
      code: "conflict",
      reason: "request_changed",
    });
    expect(made(id)).toBe(1);
  });

  it("is repeated under the same key when the answer was lost, and done once", async () => {
    for (const trouble of ["cut_after", "cut_before", "busy"] as const) {
      const id = newId();
      double.api.orders.add({ call: POST, do: trouble });
      await expect(run(creation(id))).rejects.toMatchObject({ code: "upstream", retryable: true });
      expect(await rowOf(`test:${id}`)).toMatchObject({ status: "pending" });
      await run(creation(id));
      expect(made(id)).toBe(1);
    }
  });

  it("looks for the object where Stripe only repeats its failure, and makes it anew if there is none", async () => {
    const [worked, broken] = [newId(), newId()];
    double.api.orders.add({ call: POST, do: "fail_after" });
    await expect(run(creation(worked))).rejects.toMatchObject({ code: "upstream" });
    expect(await run(creation(worked))).toMatchObject({ metadata: { id: worked } });
    double.api.orders.add({ call: POST, do: "fail_before" });
    await expect(run(creation(broken))).rejects.toMatchObject({ code: "upstream" });
    expect(await run(creation(broken))).toMatchObject({ metadata: { id: broken } });
    expect([made(worked), made(broken)]).toEqual([1, 1]);
    expect(await rowOf(`test:${broken}~2`)).toMatchObject({ status: "done" });
    expect((await run(creation(broken))).id).toBe((await rowOf(`test:${broken}~2`))?.stripeObjectId);
  });

  it("looks for the object when the key may be forgotten", async () => {
    const id = newId();
    double.api.orders.add({ call: POST, do: "cut_after" });
    await expect(run(creation(id))).rejects.toMatchObject({ code: "upstream" });
    double.world.clock.advance(25 * 3600);
    await run(creation(id), new Date(Date.now() + 25 * 3_600_000));
    expect(made(id)).toBe(1);
  });

  it("is made once however many ask at the same time", async () => {
    const id = newId();
    const ends = await Promise.allSettled(Array.from({ length: 6 }, () => run(creation(id))));
    const ids = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value.id] : []));
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(1);
    expect(made(id)).toBe(1);
  });

  it("tells a declined card in the bank's words, and the same way again without asking", async () => {
    const id = newId();
    const decline: Outgoing<Stripe.PaymentIntent> = {
      key: `test:${id}`,
      operation: "payment_intent.create",
      body: { id },
      target: { type: "test", id },
      send: (stripe, options) =>
        stripe.paymentIntents.create(
          {
            amount: 500,
            currency: "usd",
            allowed_payment_method_types: ["card"],
            payment_method: "pm_card_chargeDeclinedInsufficientFunds",
            confirm: true,
          },
          options,
        ),
      get: (stripe, intent) => stripe.paymentIntents.retrieve(intent),
      find: async () => null,
    };
    const { stripe } = await getStripe();
    const refusal = {
      code: "precondition",
      reason: "insufficient_funds",
      message: "Your card has insufficient funds.",
    };
    await expect(sendOnce(stripe, decline)).rejects.toMatchObject(refusal);
    await expect(sendOnce(stripe, decline)).rejects.toMatchObject(refusal);
    expect(double.calls.filter(({ key }) => key === `test:${id}`)).toHaveLength(1);
    const row = await rowOf(`test:${id}`);
    expect(row).toMatchObject({ status: "failed", httpStatus: 402 });
    expect(row?.stripeObjectId).toMatch(/^pi_/);
  });

  it("is asked again when it was refused for what may be mended", async () => {
    const id = newId();
    const wrong = new Stripe("sk_wrong", { ...addressOf(double.origin), maxNetworkRetries: 0 });
    for (let time = 1; time <= 4; time += 1)
      await expect(sendOnce(wrong, creation(id))).rejects.toMatchObject({ reason: "stripe_key_refused" });
    expect(await rowOf(`test:${id}`)).toMatchObject({ status: "pending", httpStatus: 401 });
    expect((await run(creation(id))).id).toMatch(/^cus_/);
    expect(await rowOf(`test:${id}`)).toMatchObject({ status: "done" });
    expect(made(id)).toBe(1);
  });

  it("is asked again, however often, when what it names was not there yet", async () => {
    const id = newId();
    const late: Outgoing<Stripe.PaymentIntent> = {
      key: `test:${id}`,
      operation: "payment_intent.create",
      body: { id },
      target: { type: "test", id },
      send: (stripe, options) =>
        stripe.paymentIntents.create(
          {
            amount: 500,
            currency: "usd",
            customer: double.world.customers.where(isIts)[0]?.id ?? "cus_none",
          },
          options,
        ),
      get: (stripe, intent) => stripe.paymentIntents.retrieve(intent),
      find: async () => null,
    };
    const isIts = (one: { metadata: Record<string, string> }) => one.metadata.id === id;
    const { stripe } = await getStripe();
    for (let time = 1; time <= 4; time += 1)
      await expect(sendOnce(stripe, late)).rejects.toMatchObject({ code: "internal" });
    await stripe.customers.create({ metadata: { id } });
    const intent = await sendOnce(stripe, late);
    expect((await sendOnce(stripe, late)).id).toBe(intent.id);
    expect(await rowOf(`test:${id}~5`)).toMatchObject({ status: "done", stripeObjectId: intent.id });
  });

  it("is asked again when Stripe failed many times", async () => {
    const id = newId();
    double.api.orders.add({ call: POST, do: "fail_before", times: 5 });
    for (let time = 1; time <= 5; time += 1)
      await expect(run(creation(id))).rejects.toMatchObject({ code: "upstream" });
    await run(creation(id));
    expect(made(id)).toBe(1);
  });

  it("never waits for Stripe inside a transaction", async () => {
    const id = newId();
    await expect(asSystem("test", () => run(creation(id)))).rejects.toThrow(/inside a/);
    expect(made(id)).toBe(0);
  });
});
