import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BY_CARD, clientOf, errorOf } from "./contract/targets";
import { type StripeDouble, startStripe } from "./server";

let double: StripeDouble;
let stripe: Stripe;
beforeEach(async () => {
  double = await startStripe();
  stripe = clientOf(double);
});
afterEach(() => double.close());

async function payable(): Promise<string> {
  const { id } = await stripe.accounts.create({ capabilities: { transfers: { requested: true } } });
  const link = await stripe.accountLinks.create({
    account: id,
    type: "account_onboarding",
    return_url: "https://example.com/back",
    refresh_url: "https://example.com/again",
  });
  await fetch(link.url, {
    method: "POST",
    body: new URLSearchParams({ answer: "complete" }),
    redirect: "manual",
  });
  return id;
}

function earn(amount: number, payment_method: string) {
  return stripe.paymentIntents.create({ ...BY_CARD, amount, confirm: true, payment_method });
}

const available = async (stripeAccount?: string) =>
  (await stripe.balance.retrieve({}, stripeAccount ? { stripeAccount } : {})).available[0]?.amount;

describe("money that is passed on", () => {
  it("can be sent once it has arrived, less what Stripe keeps", async () => {
    const destination = await payable();
    const send = (amount: number) => stripe.transfers.create({ amount, currency: "usd", destination });
    await earn(10_000, "pm_card_visa");
    expect(await errorOf(send(9000))).toMatchObject({ statusCode: 400, code: "balance_insufficient" });
    double.world.clock.advance(3 * 24 * 3600);
    expect(await available()).toBe(10_000 - 320);
    expect(await send(9000)).toMatchObject({ amount: 9000, destination, reversed: false });
    expect([await available(), await available(destination)]).toEqual([680, 9000]);
    expect(await errorOf(send(681))).toMatchObject({ code: "balance_insufficient" });
  });

  it("is taken back as far as it is still there", async () => {
    const destination = await payable();
    await earn(10_000, "pm_card_bypassPending");
    const transfer = await stripe.transfers.create({ amount: 5000, currency: "usd", destination });
    await stripe.transfers.createReversal(transfer.id, { amount: 2000 });
    expect(await stripe.transfers.retrieve(transfer.id)).toMatchObject({
      amount_reversed: 2000,
      reversed: false,
    });
    await stripe.payouts.create({ amount: 1000, currency: "usd" }, { stripeAccount: destination });
    expect(await errorOf(stripe.transfers.createReversal(transfer.id))).toMatchObject({
      code: "balance_insufficient",
    });
    await stripe.transfers.createReversal(transfer.id, { amount: 2000 });
    expect((await errorOf(stripe.transfers.createReversal(transfer.id, { amount: 1001 }))).statusCode).toBe(
      400,
    );
    const told = await stripe.events.list({ type: "transfer.reversed" });
    expect(told.data).toHaveLength(2);
  });

  it("reaches the partner's bank, or comes back from it", async () => {
    const destination = await payable();
    await earn(10_000, "pm_card_bypassPending");
    await stripe.transfers.create({ amount: 5000, currency: "usd", destination });
    const request = { stripeAccount: destination };
    const good = await stripe.payouts.create({ amount: 2000, currency: "usd" }, request);
    const bad = await stripe.payouts.create(
      { amount: 3000, currency: "usd", metadata: { bank: "fails" } },
      request,
    );
    expect(await available(destination)).toBe(0);
    double.world.clock.advance(3 * 24 * 3600);
    expect((await stripe.payouts.retrieve(good.id, {}, request)).status).toBe("paid");
    expect(await stripe.payouts.retrieve(bad.id, {}, request)).toMatchObject({
      status: "failed",
      failure_code: "account_closed",
    });
    expect(await available(destination)).toBe(3000);
  });
});
