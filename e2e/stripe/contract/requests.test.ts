import Stripe from "stripe";
import { expect, it } from "vitest";
import { BY_CARD, contract, errorOf, freshKey } from "./targets";

contract("requests", (of) => {
  it("refuses addresses and parameters that there are not", async () => {
    const { stripe } = of();
    const address = await errorOf(stripe.rawRequest("POST", "/v1/no_such_thing", {}));
    expect(address.statusCode).toBe(404);
    const unknown = await errorOf(stripe.rawRequest("POST", "/v1/customers", { no_such_name: "1" }));
    expect(unknown).toMatchObject({ statusCode: 400, code: "parameter_unknown", param: "no_such_name" });
    const nested = { invoice_settings: { no_such_name: "1" } };
    const inside = await errorOf(stripe.rawRequest("POST", "/v1/customers", nested));
    expect(inside).toMatchObject({ code: "parameter_unknown", param: "invoice_settings[no_such_name]" });
    const lacking = await errorOf(stripe.rawRequest("POST", "/v1/payment_intents", { currency: "usd" }));
    expect(lacking).toMatchObject({ statusCode: 400, code: "parameter_missing", param: "amount" });
    const old = { amount: 500, currency: "usd", payment_method_types: ["card"] };
    expect(await errorOf(stripe.rawRequest("POST", "/v1/payment_intents", old))).toMatchObject({
      code: "parameter_unknown",
    });
  });

  it("refuses keys that it does not know", async () => {
    const { double } = of();
    const place = double ? { host: "127.0.0.1", port: double.port, protocol: "http" as const } : {};
    const stranger = new Stripe("sk_nothing", { ...place, maxNetworkRetries: 0 });
    expect((await errorOf(stranger.customers.list())).statusCode).toBe(401);
  });

  it("answers the same to the same key, and does the work once", async () => {
    const { stripe } = of();
    const idempotencyKey = freshKey();
    const params = { name: "Once", metadata: { run: idempotencyKey } };
    const first = await stripe.customers.create(params, { idempotencyKey });
    const second = await stripe.customers.create(params, { idempotencyKey });
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers["idempotent-replayed"]).toBe("true");
    expect(first.lastResponse.headers["idempotent-replayed"]).toBeUndefined();
  });

  it("refuses a key that comes again with another body", async () => {
    const { stripe } = of();
    const idempotencyKey = freshKey();
    await stripe.customers.create({ name: "One" }, { idempotencyKey });
    const changed = await errorOf(stripe.customers.create({ name: "Two" }, { idempotencyKey }));
    expect(changed).toMatchObject({ statusCode: 400, type: "StripeIdempotencyError" });
    const elsewhere = await errorOf(stripe.setupIntents.create({}, { idempotencyKey }));
    expect(elsewhere).toMatchObject({ statusCode: 400, type: "StripeIdempotencyError" });
  });

  it("keeps a decline under its key, but not a request that was not understood", async () => {
    const { stripe } = of();
    const idempotencyKey = freshKey();
    const params = { ...BY_CARD, amount: 1200, confirm: true, payment_method: "pm_card_chargeDeclined" };
    const first = await errorOf(stripe.paymentIntents.create(params, { idempotencyKey }));
    const second = await errorOf(stripe.paymentIntents.create(params, { idempotencyKey }));
    expect(first).toMatchObject({ statusCode: 402, code: "card_declined", decline_code: "generic_decline" });
    expect(second.payment_intent?.id).toBe(first.payment_intent?.id);

    const other = freshKey();
    const wrong = stripe.rawRequest(
      "POST",
      "/v1/customers",
      { no_such_name: "1" },
      { idempotencyKey: other },
    );
    expect((await errorOf(wrong)).code).toBe("parameter_unknown");
    const right = await stripe.customers.create({ name: "Right" }, { idempotencyKey: other });
    expect(right.name).toBe("Right");
  });

  it("pages through a list, the newest first", async () => {
    const { stripe } = of();
    const email = `${freshKey().replaceAll(/[^a-z0-9]/g, "")}@example.com`;
    const made: string[] = [];
    for (let index = 0; index < 3; index++) made.unshift((await stripe.customers.create({ email })).id);
    const first = await stripe.customers.list({ email, limit: 2 });
    expect(first).toMatchObject({ object: "list", has_more: true });
    const rest = await stripe.customers.list({ email, limit: 2, starting_after: first.data[1]?.id ?? "" });
    expect(rest.has_more).toBe(false);
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(made);
  });
});
