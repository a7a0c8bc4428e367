import Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BY_CARD, clientOf, customerWith, errorOf } from "./contract/targets";
import type { Trouble } from "./orders";
import { type StripeDouble, startStripe } from "./server";

let double: StripeDouble;
let stripe: Stripe;
beforeEach(async () => {
  double = await startStripe();
  stripe = clientOf(double);
});
afterEach(() => double.close());

const order = (call: string, what: Trouble, times = 1) => double.api.orders.add({ call, do: what, times });
const create = (idempotencyKey: string) => stripe.customers.create({ name: "A" }, { idempotencyKey });
const count = async () => (await stripe.customers.list()).data.length;

describe("calls that go wrong", () => {
  it("answers a lost answer again, and does the work once", async () => {
    // The SDK tries again by itself when a connection closes, whatever it was told of retries.
    order("POST /v1/customers", "cut_after", 2);
    expect(await errorOf(create("k1"))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    const { id, lastResponse } = await create("k1");
    expect(lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect((await stripe.customers.list()).data.map((one) => one.id)).toEqual([id]);
  });

  it("does nothing for a request that never came through", async () => {
    order("POST /v1/customers", "cut_before", 2);
    expect(await errorOf(create("k1"))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect(await count()).toBe(0);
    await create("k1");
    expect(await count()).toBe(1);
  });

  it("repeats a 500 under its key, whether the work was done or not", async () => {
    order("POST /v1/customers", "fail_after");
    expect((await errorOf(create("k1"))).statusCode).toBe(500);
    expect((await errorOf(create("k1"))).statusCode).toBe(500);
    expect(await count()).toBe(1);
    order("POST /v1/customers", "fail_before");
    expect((await errorOf(create("k2"))).statusCode).toBe(500);
    expect((await errorOf(create("k2"))).statusCode).toBe(500);
    expect(await count()).toBe(1);
  });

  it("keeps no answer that asks to come back later", async () => {
    order("POST /v1/customers", "busy");
    expect(await errorOf(create("k1"))).toBeInstanceOf(Stripe.errors.StripeRateLimitError);
    expect((await create("k1")).name).toBe("A");
  });

  it("refuses a key whose first request has not ended", async () => {
    order("POST /v1/customers", "slow");
    const first = create("k1");
    const deadline = performance.now() + 5000;
    while (double.calls.length === 0 && performance.now() < deadline) await new Promise(setImmediate);
    expect(await errorOf(create("k1"))).toMatchObject({ statusCode: 409, code: "idempotency_key_in_use" });
    expect((await first).name).toBe("A");
    expect(await count()).toBe(1);
  });

  it("forgets a key after a day, and keeps those of accounts apart", async () => {
    const first = await create("k1");
    double.world.clock.advance(23.9 * 3600);
    expect((await create("k1")).id).toBe(first.id);
    double.world.clock.advance(0.2 * 3600);
    expect((await create("k1")).id).not.toBe(first.id);
    const { id } = await stripe.accounts.create({});
    const other = await stripe.customers.create({ name: "B" }, { idempotencyKey: "k1", stripeAccount: id });
    expect(other.name).toBe("B");
    expect((await errorOf(create("k".repeat(256)))).statusCode).toBe(400);
  });

  it("takes no live key, and for a publishable one only what a browser does", async () => {
    const place = { host: "127.0.0.1", port: double.port, protocol: "http" as const, maxNetworkRetries: 0 };
    const live = new Stripe(["sk", "live", "51abcdefghijk"].join("_"), place);
    expect(await errorOf(live.customers.list())).toMatchObject({ statusCode: 401 });
    const browser = new Stripe(double.publishableKey, place);
    expect((await errorOf(browser.customers.list())).statusCode).toBe(403);
    const intent = await stripe.paymentIntents.create({ ...BY_CARD, amount: 500 });
    expect((await errorOf(browser.paymentIntents.retrieve(intent.id))).statusCode).toBe(404);
    const seen = await browser.paymentIntents.retrieve(intent.id, {
      client_secret: intent.client_secret ?? "",
    });
    expect(seen.id).toBe(intent.id);
  });
});

describe("what takes time or a person", () => {
  const page = (url: string, form: Record<string, string>) =>
    fetch(url, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });

  it("goes on after the page of the bank, and back to where it came from", async () => {
    const { customer, method } = await customerWith(stripe, "pm_card_authenticationRequired");
    const payment = { ...BY_CARD, amount: 700, customer, payment_method: method, confirm: true };
    const answered = async (answer: string) => {
      const intent = await stripe.paymentIntents.create({
        ...payment,
        return_url: "https://example.com/back?a=1",
      });
      const url = intent.next_action?.redirect_to_url?.url ?? "";
      const secret = intent.client_secret ?? "";
      expect((await page(url, { secret: "wrong", answer })).status).toBe(404);
      const back = new URL((await page(url, { secret, answer })).headers.get("location") ?? "");
      expect(back.searchParams.get("payment_intent_client_secret")).toBe(secret);
      return {
        status: back.searchParams.get("redirect_status"),
        intent: await stripe.paymentIntents.retrieve(intent.id),
      };
    };
    expect(await answered("complete")).toMatchObject({
      status: "succeeded",
      intent: { status: "succeeded" },
    });
    expect(await answered("fail")).toMatchObject({
      status: "failed",
      intent: {
        status: "requires_payment_method",
        last_payment_error: { code: "payment_intent_authentication_failure" },
      },
    });
  });

  it("charges a card off-session once it was set up with its bank", async () => {
    const customer = (await stripe.customers.create({})).id;
    const setup = await stripe.setupIntents.create({ customer, allowed_payment_method_types: ["card"] });
    const asked = await stripe.setupIntents.confirm(setup.id, {
      payment_method: "pm_card_authenticationRequiredOnSetup",
      return_url: "https://example.com/back",
    });
    const url = asked.next_action?.redirect_to_url?.url ?? "";
    await page(url, { secret: asked.client_secret ?? "", answer: "complete" });
    const { payment_method } = await stripe.setupIntents.retrieve(setup.id);
    const paid = await stripe.paymentIntents.create({
      ...BY_CARD,
      amount: 500,
      customer,
      payment_method: String(payment_method),
      off_session: true,
      confirm: true,
    });
    expect(paid.status).toBe("succeeded");
  });

  it("lets a bank debit arrive, or not, after days", async () => {
    const debit = (payment_method: string) =>
      stripe.paymentIntents.create({
        amount: 5000,
        currency: "usd",
        allowed_payment_method_types: ["us_bank_account"],
        payment_method,
        confirm: true,
      });
    const good = await debit("pm_usBankAccount_success");
    const bad = await debit("pm_usBankAccount_insufficientFunds");
    expect([good.status, bad.status]).toEqual(["processing", "processing"]);
    double.world.clock.advance(5 * 24 * 3600);
    expect((await stripe.paymentIntents.retrieve(good.id)).status).toBe("succeeded");
    expect(await stripe.paymentIntents.retrieve(bad.id)).toMatchObject({
      status: "requires_payment_method",
      last_payment_error: { code: "insufficient_funds" },
    });
  });

  it("pays and expires pages of Checkout", async () => {
    const open = (name: string) =>
      stripe.checkout.sessions.create({
        mode: "payment",
        success_url: "https://example.com/done?s={CHECKOUT_SESSION_ID}",
        line_items: [
          { quantity: 1, price_data: { currency: "usd", unit_amount: 900, product_data: { name } } },
        ],
        payment_intent_data: { metadata: { topup: name } },
      });
    const session = await open("one");
    const card = { expiry: "12/34", cvc: "123" };
    const declined = await page(session.url ?? "", { ...card, number: "4000 0000 0000 0002" });
    expect(await declined.text()).toContain("Your card was declined.");
    const paid = await page(session.url ?? "", { ...card, number: "4242 4242 4242 4242" });
    expect(paid.headers.get("location")).toBe(`https://example.com/done?s=${session.id}`);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: "complete",
      payment_status: "paid",
    });
    const late = await open("two");
    double.world.clock.advance(25 * 3600);
    expect((await stripe.checkout.sessions.retrieve(late.id)).status).toBe("expired");
    const types = (
      await stripe.events.list({ types: ["checkout.session.completed", "checkout.session.expired"] })
    ).data;
    expect(types.map(({ type }) => type)).toEqual(["checkout.session.expired", "checkout.session.completed"]);
  });
});
