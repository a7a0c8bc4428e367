import type Stripe from "stripe";
import { expect, it } from "vitest";
import { BY_CARD, contract, customerWith, errorOf, freshKey } from "./targets";

contract("payments", (of) => {
  it("takes money of a card", async () => {
    const { stripe } = of();
    const intent = await stripe.paymentIntents.create({
      ...BY_CARD,
      amount: 2500,
      confirm: true,
      payment_method: "pm_card_visa",
      metadata: { topup: "t1" },
      expand: ["latest_charge.balance_transaction"],
    });
    expect(intent).toMatchObject({
      status: "succeeded",
      amount: 2500,
      amount_received: 2500,
      metadata: { topup: "t1" },
      last_payment_error: null,
    });
    const charge = intent.latest_charge as Stripe.Charge;
    expect(charge).toMatchObject({ amount: 2500, paid: true, refunded: false, payment_intent: intent.id });
    expect(charge.balance_transaction).toMatchObject({ amount: 2500, type: "charge" });
    const events = await of().until(async () => {
      const { data } = await stripe.events.list({ type: "payment_intent.succeeded", limit: 20 });
      return data.find(({ data: { object } }) => "id" in object && object.id === intent.id);
    });
    expect(events).toMatchObject({ type: "payment_intent.succeeded", livemode: false });
  });

  it("tells why a card was declined, and takes another for the same payment", async () => {
    const { stripe } = of();
    const intent = await stripe.paymentIntents.create({ ...BY_CARD, amount: 1000 });
    expect(intent.status).toBe("requires_payment_method");
    const payment_method = "pm_card_visa_chargeDeclinedInsufficientFunds";
    const error = await errorOf(stripe.paymentIntents.confirm(intent.id, { payment_method }));
    expect(error).toMatchObject({
      type: "StripeCardError",
      statusCode: 402,
      code: "card_declined",
      decline_code: "insufficient_funds",
    });
    expect(error.payment_intent).toMatchObject({ id: intent.id, status: "requires_payment_method" });
    expect(error.charge).toMatch(/^ch_/);
    const after = await stripe.paymentIntents.retrieve(intent.id);
    expect(after.last_payment_error).toMatchObject({ code: "card_declined" });
    expect(after.payment_method).toBeNull();
    const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" });
    expect(paid).toMatchObject({ status: "succeeded", last_payment_error: null });
    const again = stripe.paymentIntents.confirm(intent.id, { payment_method: "pm_card_visa" });
    expect(await errorOf(again)).toMatchObject({ code: "payment_intent_unexpected_state" });
    expect(await errorOf(stripe.paymentIntents.cancel(intent.id))).toMatchObject({
      code: "payment_intent_unexpected_state",
    });
  });

  it("charges a saved card while nobody is there", async () => {
    const { stripe } = of();
    const { customer, method } = await customerWith(stripe, "pm_card_visa");
    const offSession = { ...BY_CARD, customer, payment_method: method, off_session: true, confirm: true };
    const paid = await stripe.paymentIntents.create({ ...offSession, amount: 900 });
    expect(paid).toMatchObject({ status: "succeeded", customer, payment_method: method });
    const stranger = await stripe.customers.create({});
    const foreign = stripe.paymentIntents.create({ ...offSession, amount: 900, customer: stranger.id });
    expect((await errorOf(foreign)).statusCode).toBe(400);
  });

  it("says that a bank wants to see its customer: off-session as a decline, else as a next step", async () => {
    const { stripe } = of();
    const { customer, method } = await customerWith(stripe, "pm_card_authenticationRequired");
    const payment = { ...BY_CARD, amount: 700, customer, payment_method: method, confirm: true };
    const alone = await errorOf(stripe.paymentIntents.create({ ...payment, off_session: true }));
    expect(alone).toMatchObject({ statusCode: 402, code: "authentication_required" });
    expect(alone.payment_intent?.status).toBe("requires_payment_method");
    const present = await stripe.paymentIntents.create({
      ...payment,
      return_url: "https://example.com/back",
    });
    expect(present.status).toBe("requires_action");
    expect(present.next_action?.redirect_to_url).toMatchObject({ return_url: "https://example.com/back" });
    expect((await stripe.paymentIntents.cancel(present.id)).status).toBe("canceled");
  });

  it("saves a card that may be attached and then declines", async () => {
    const { stripe } = of();
    const { customer, method } = await customerWith(stripe, "pm_card_chargeCustomerFail");
    const payment = {
      ...BY_CARD,
      amount: 700,
      customer,
      payment_method: method,
      confirm: true,
      off_session: true,
    };
    expect(await errorOf(stripe.paymentIntents.create(payment))).toMatchObject({ code: "card_declined" });
  });

  it("refuses amounts that are too small, and payments that could lead away without a way back", async () => {
    const { stripe } = of();
    const small = stripe.paymentIntents.create({ ...BY_CARD, amount: 20 });
    expect(await errorOf(small)).toMatchObject({ code: "amount_too_small", param: "amount" });
    const lost = stripe.paymentIntents.create({
      amount: 500,
      currency: "usd",
      confirm: true,
      payment_method: "pm_card_visa",
    });
    expect((await errorOf(lost)).message).toContain("return_url");
    const early = stripe.paymentIntents.create({ ...BY_CARD, amount: 500, off_session: true });
    expect((await errorOf(early)).statusCode).toBe(400);
  });

  it("finds a payment by our own id", async () => {
    const { stripe, until } = of();
    const topup = freshKey();
    const intent = await stripe.paymentIntents.create({ ...BY_CARD, amount: 500, metadata: { topup } });
    const found = await until(async () => {
      const { data } = await stripe.paymentIntents.search({ query: `metadata['topup']:'${topup}'` });
      return data[0];
    });
    expect(found.id).toBe(intent.id);
  });

  it("opens a page of Checkout, and closes it", async () => {
    const { stripe } = of();
    const session = await stripe.checkout.sessions.create({
      mode: "payment",
      success_url: "https://example.com/done?session={CHECKOUT_SESSION_ID}",
      line_items: [
        { quantity: 2, price_data: { currency: "usd", unit_amount: 1250, product_data: { name: "Credit" } } },
      ],
      metadata: { topup: "t2" },
    });
    expect(session).toMatchObject({
      status: "open",
      payment_status: "unpaid",
      amount_total: 2500,
      mode: "payment",
    });
    expect(session.url).toMatch(/^https?:\/\//);
    const closed = await stripe.checkout.sessions.expire(session.id);
    expect(closed).toMatchObject({ status: "expired", url: null });
    expect((await errorOf(stripe.checkout.sessions.expire(session.id))).statusCode).toBe(400);
  });
});
