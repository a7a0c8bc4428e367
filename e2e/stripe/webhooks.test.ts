import Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientOf } from "./contract/targets";
import { type Receiver, startReceiver } from "./receiver";
import { type StripeDouble, startStripe } from "./server";
import { signatureOf } from "./webhooks";

const SECRET = "whsec_known";
let receiver: Receiver;
let connect: Receiver;
let double: StripeDouble;
let stripe: Stripe;

beforeEach(async () => {
  receiver = await startReceiver();
  connect = await startReceiver();
  double = await startStripe({
    endpoints: [
      { url: receiver.url, secret: SECRET },
      { url: connect.url, secret: "whsec_connect", isConnect: true },
    ],
  });
  stripe = clientOf(double);
});
afterEach(async () => {
  await double.close();
  await receiver.close();
  await connect.close();
});

const customer = () => stripe.customers.create({});

describe("webhooks", () => {
  it("carry the event as it was, in a body that the SDK verifies", async () => {
    const { id } = await stripe.customers.create({ name: "Before" }, { idempotencyKey: "k1" });
    await stripe.customers.update(id, { name: "After" });
    await double.webhooks.idle();
    const [first, second] = receiver.received.map(({ body, signature }) =>
      stripe.webhooks.constructEvent(body, signature, SECRET),
    );
    expect(first).toMatchObject({
      type: "customer.created",
      api_version: Stripe.API_VERSION,
      data: { object: { id, name: "Before" } },
      request: { idempotency_key: "k1" },
    });
    expect(second).toMatchObject({
      type: "customer.updated",
      data: { object: { name: "After" }, previous_attributes: { name: "Before" } },
    });
    expect(await stripe.events.retrieve(first?.id ?? "")).toMatchObject({ pending_webhooks: 0 });
  });

  it("do not verify with another secret, another body, or when they are old", async () => {
    await customer();
    await double.webhooks.idle();
    const { body = "", signature = "" } = receiver.received[0] ?? {};
    const verify = (payload: string, header: string, secret: string) => () =>
      stripe.webhooks.constructEvent(payload, header, secret);
    expect(verify(body, signature, SECRET)).not.toThrow();
    expect(verify(body, signature, "whsec_other")).toThrow(Stripe.errors.StripeSignatureVerificationError);
    expect(verify(`${body} `, signature, SECRET)).toThrow(Stripe.errors.StripeSignatureVerificationError);
    const old = signatureOf(body, SECRET, Math.floor(Date.now() / 1000) - 400);
    expect(verify(body, old, SECRET)).toThrow(Stripe.errors.StripeSignatureVerificationError);
  });

  it("come again, further and further apart, until they are taken", async () => {
    receiver.answer(500, 400, 302);
    await customer();
    await double.webhooks.idle();
    expect(receiver.types()).toEqual(["customer.created"]);
    const tries = async (seconds: number) => {
      double.world.clock.advance(seconds);
      await double.webhooks.idle();
      return receiver.received.length;
    };
    expect([
      await tries(11),
      await tries(30),
      await tries(31),
      await tries(601),
      await tries(90_000),
    ]).toEqual([2, 2, 3, 4, 4]);
    expect(new Set(receiver.received.map(({ body }) => JSON.parse(body).id)).size).toBe(1);
    expect(double.webhooks.log.map(({ status }) => status)).toEqual([500, 400, 302, 200]);
  });

  it("are lost, repeated and delayed on order, and stay in the list of events", async () => {
    double.webhooks.order({ type: "customer.created", do: "drop", times: 1 });
    double.webhooks.order({ type: "customer.*", do: "duplicate", times: 1 });
    double.webhooks.order({ type: "customer.*", do: "delay", times: 1, seconds: 60 });
    await customer();
    await double.webhooks.idle();
    expect(receiver.received).toEqual([]);
    expect((await stripe.events.list({ type: "customer.created" })).data).toHaveLength(1);
    expect((await stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
    await customer();
    await double.webhooks.idle();
    const [one, two] = receiver.received.map(({ body }) => JSON.parse(body).id);
    expect(one).toBe(two);
    expect(one).toMatch(/^evt_/);
    await customer();
    await double.webhooks.idle();
    expect(receiver.received).toHaveLength(2);
    double.world.clock.advance(61);
    await double.webhooks.idle();
    expect(receiver.received).toHaveLength(3);
  });

  it("come in any order, and any number of times, when they are held", async () => {
    double.webhooks.hold();
    const { id } = await customer();
    await stripe.customers.update(id, { name: "B" });
    await stripe.customers.del(id);
    expect(receiver.received).toEqual([]);
    const [a = "", b = "", c = ""] = double.webhooks.waiting();
    await double.webhooks.send([c, a, c]);
    expect(receiver.types()).toEqual(["customer.deleted", "customer.created", "customer.deleted"]);
    expect(double.webhooks.waiting()).toEqual([b]);
    await double.webhooks.release();
    expect(receiver.types().at(-1)).toBe("customer.updated");
  });

  it("tell of connected accounts to the endpoint for them alone", async () => {
    const account = await stripe.accounts.create({ capabilities: { transfers: { requested: true } } });
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: "account_onboarding",
      return_url: "https://example.com/back",
      refresh_url: "https://example.com/again",
    });
    const body = new URLSearchParams({ answer: "complete" });
    const done = await fetch(link.url, { method: "POST", body, redirect: "manual" });
    expect(done.headers.get("location")).toBe("https://example.com/back");
    expect((await fetch(link.url)).status).toBe(404);
    await double.webhooks.idle();
    expect(receiver.received).toEqual([]);
    expect(connect.types()).toEqual(["capability.updated", "account.updated"]);
    expect(JSON.parse(connect.received[1]?.body ?? "")).toMatchObject({
      account: account.id,
      data: { object: { payouts_enabled: true } },
    });
    const seen = await stripe.events.list({}, { stripeAccount: account.id });
    expect(seen.data.map(({ type }) => type)).toEqual(["account.updated", "capability.updated"]);
    expect((await stripe.events.list()).data).toEqual([]);
  });
});
