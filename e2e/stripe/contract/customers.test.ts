import { expect, it } from "vitest";
import { contract, customerWith, errorOf } from "./targets";

contract("customers and their cards", (of) => {
  it("merges metadata, and forgets what is emptied", async () => {
    const { stripe } = of();
    const { id } = await stripe.customers.create({ name: "A", metadata: { one: "1", two: "2" } });
    const changed = await stripe.customers.update(id, { metadata: { two: "", three: "3" } });
    expect(changed.metadata).toEqual({ one: "1", three: "3" });
    expect((await stripe.customers.update(id, { metadata: "" })).metadata).toEqual({});
    expect((await stripe.customers.retrieve(id)).id).toBe(id);
  });

  it("shows a deleted customer as deleted, and takes nothing more for them", async () => {
    const { stripe } = of();
    const { customer } = await customerWith(stripe, "pm_card_visa");
    expect(await stripe.customers.del(customer)).toMatchObject({ id: customer, deleted: true });
    expect(await stripe.customers.retrieve(customer)).toMatchObject({ id: customer, deleted: true });
    const charge = stripe.paymentIntents.create({ amount: 500, currency: "usd", customer });
    expect(await errorOf(charge)).toMatchObject({ code: "resource_missing", param: "customer" });
    expect(await errorOf(stripe.customers.retrieve("cus_none"))).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
  });

  it("saves, lists, chooses and removes cards", async () => {
    const { stripe } = of();
    const { customer, method } = await customerWith(stripe, "pm_card_visa");
    const other = await stripe.paymentMethods.attach("pm_card_mastercard", { customer });
    expect(other).toMatchObject({ customer, type: "card", card: { brand: "mastercard", last4: "4444" } });
    const listed = await stripe.customers.listPaymentMethods(customer, { type: "card" });
    expect(listed.data.map(({ id }) => id).sort()).toEqual([method, other.id].sort());

    const detached = await stripe.paymentMethods.detach(method);
    expect(detached.customer).toBeNull();
    const after = await stripe.customers.retrieve(customer);
    expect(after).toMatchObject({ invoice_settings: { default_payment_method: null } });
    expect((await stripe.paymentMethods.list({ customer })).data.map(({ id }) => id)).toEqual([other.id]);
    const stranger = await stripe.customers.create({});
    const foreign = { invoice_settings: { default_payment_method: other.id } };
    expect((await errorOf(stripe.customers.update(stranger.id, foreign))).statusCode).toBe(400);
  });

  it("does not save a card that is declined", async () => {
    const { stripe } = of();
    const customer = await stripe.customers.create({});
    const attach = stripe.paymentMethods.attach("pm_card_chargeDeclined", { customer: customer.id });
    expect(await errorOf(attach)).toMatchObject({ statusCode: 402, code: "card_declined" });
    expect((await stripe.customers.listPaymentMethods(customer.id)).data).toEqual([]);
  });

  it("saves a card by a setup intent, once", async () => {
    const { stripe } = of();
    const customer = await stripe.customers.create({});
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      allowed_payment_method_types: ["card"],
      metadata: { tenant: "t1" },
    });
    expect(setup).toMatchObject({ status: "requires_payment_method", usage: "off_session" });
    const done = await stripe.setupIntents.confirm(setup.id, {
      payment_method: "pm_card_visa",
      return_url: "https://example.com/back",
    });
    expect(done).toMatchObject({ status: "succeeded", metadata: { tenant: "t1" }, customer: customer.id });
    const saved = await stripe.paymentMethods.retrieve(String(done.payment_method));
    expect(saved.customer).toBe(customer.id);
    const again = stripe.setupIntents.confirm(setup.id, { payment_method: "pm_card_visa" });
    expect(await errorOf(again)).toMatchObject({ code: "setup_intent_unexpected_state" });
  });

  it("says that a bank asks for its customer before a card is saved, and that a card was refused", async () => {
    const { stripe } = of();
    const customer = (await stripe.customers.create({})).id;
    const create = () => stripe.setupIntents.create({ customer, allowed_payment_method_types: ["card"] });
    const asked = await stripe.setupIntents.confirm((await create()).id, {
      payment_method: "pm_card_authenticationRequired",
      return_url: "https://example.com/back",
    });
    expect(asked.status).toBe("requires_action");
    expect(asked.next_action).toMatchObject({
      type: "redirect_to_url",
      redirect_to_url: { return_url: "https://example.com/back" },
    });
    const declined = stripe.setupIntents.confirm((await create()).id, {
      payment_method: "pm_card_chargeDeclined",
      return_url: "https://example.com/back",
    });
    const error = await errorOf(declined);
    expect(error).toMatchObject({ statusCode: 402, code: "card_declined" });
    expect(error.setup_intent?.status).toBe("requires_payment_method");
    expect((await stripe.setupIntents.cancel((await create()).id)).status).toBe("canceled");
  });
});
