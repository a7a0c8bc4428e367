import type Stripe from "stripe";
import { expect, it } from "vitest";
import { BY_CARD, contract, errorOf } from "./targets";

function pay(stripe: Stripe, amount: number, payment_method: string) {
  return stripe.paymentIntents.create({ ...BY_CARD, amount, confirm: true, payment_method });
}

contract("refunds and disputes", (of) => {
  it("gives money back in parts, never more than came", async () => {
    const { stripe } = of();
    const { id: payment_intent, latest_charge } = await pay(stripe, 1000, "pm_card_visa");
    const first = await stripe.refunds.create({ payment_intent, amount: 300, metadata: { note: "n1" } });
    expect(first).toMatchObject({ amount: 300, status: "succeeded", metadata: { note: "n1" } });
    expect(await stripe.charges.retrieve(String(latest_charge))).toMatchObject({
      amount_refunded: 300,
      refunded: false,
    });
    const tooMuch = await errorOf(stripe.refunds.create({ payment_intent, amount: 701 }));
    expect(tooMuch).toMatchObject({ statusCode: 400, type: "StripeInvalidRequestError" });
    const rest = await stripe.refunds.create({ payment_intent });
    expect(rest.amount).toBe(700);
    expect(await stripe.charges.retrieve(String(latest_charge))).toMatchObject({ refunded: true });
    expect(await errorOf(stripe.refunds.create({ payment_intent }))).toMatchObject({
      code: "charge_already_refunded",
    });
    const listed = await stripe.refunds.list({ payment_intent });
    expect(listed.data.map(({ id }) => id)).toEqual([rest.id, first.id]);
  });

  it("says that a refund came back", async () => {
    const { stripe, until } = of();
    const { id: payment_intent } = await pay(stripe, 800, "pm_card_refundFail");
    const refund = await stripe.refunds.create({ payment_intent });
    const failed = await until(async () => {
      const now = await stripe.refunds.retrieve(refund.id);
      return now.status === "failed" && now;
    });
    expect(failed.failure_balance_transaction).toBeTruthy();
  });

  it("says that a refund takes its time", async () => {
    const { stripe, until } = of();
    const { id: payment_intent } = await pay(stripe, 800, "pm_card_pendingRefund");
    const refund = await stripe.refunds.create({ payment_intent });
    expect(refund.status).toBe("pending");
    const done = await until(async () => {
      const now = await stripe.refunds.retrieve(refund.id);
      return now.status === "succeeded" && now;
    });
    expect(done.amount).toBe(800);
  });

  it("opens a dispute, which evidence wins", async () => {
    const { stripe, until } = of();
    const { id: payment_intent } = await pay(stripe, 4200, "pm_card_createDispute");
    const dispute = await until(async () => (await stripe.disputes.list({ payment_intent })).data[0]);
    expect(dispute).toMatchObject({ amount: 4200, status: "needs_response", reason: "fraudulent" });
    expect(await errorOf(stripe.refunds.create({ payment_intent }))).toMatchObject({
      code: "charge_disputed",
    });
    await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" } });
    const closed = await until(async () => {
      const now = await stripe.disputes.retrieve(dispute.id);
      return now.status === "won" && now;
    });
    expect(closed.balance_transactions).toHaveLength(2);
  });

  it("loses a dispute that is given up", async () => {
    const { stripe, until } = of();
    const { id: payment_intent } = await pay(stripe, 4300, "pm_card_createDispute");
    const dispute = await until(async () => (await stripe.disputes.list({ payment_intent })).data[0]);
    expect((await stripe.disputes.close(dispute.id)).status).toBe("lost");
  });
});
