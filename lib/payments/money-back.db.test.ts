import { sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { payments, refunds, topups } from "@/db/schema/payments";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { postCredit } from "@/lib/wallet/credit";
import { refundTopup } from "./commands/refund";
import { refreshPayment, startTopup } from "./commands/topup";
import { refundTopupInput } from "./refund-input";
import { sweepPayments } from "./sweep";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

type Bought = { tenant: TestTenant; topupId: string; intentId: string; from: number };

/** A tenant that bought credit for $25. */
async function buy(card = "pm_card_visa"): Promise<Bought> {
  const tenant = await makePayer();
  const from = eventIds(double).length;
  const payment = await startTopup(tenant.admin, click());
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  const [topup] = await asSystem("test", (tx) =>
    tx.select({ id: topups.id }).from(topups).where(sql`${topups.tenantId} = ${tenant.tenantId}`),
  );
  return { tenant, topupId: topup?.id ?? "", intentId: intentIdOf(payment), from };
}

/** Takes credit as usage does, as far as these tests care: what is left of the lot is less. */
async function spend({ tenant: { tenantId } }: Bought, dollars: bigint): Promise<void> {
  await asSystem("test", async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(
      sql`select id from credit_lots where tenant_id = ${tenantId}`,
    );
    const lotId = rows[0]?.id ?? "";
    await postCredit(tx, {
      tenantId,
      kind: "expiry",
      amount: -dollars * 1_000_000n,
      key: newId(),
      facts: { lotId },
    });
  });
}

const request = (topupId: string, amount: string) =>
  refundTopupInput.parse({ topupId, amount, reason: "They asked for it.", requestKey: newId() });

describe("refunds of bought credit", () => {
  it("give back what was not spent, once for a click", async () => {
    const bought = await buy();
    await spend(bought, 10n);
    const admin = await makePlatform();
    const input = request(bought.topupId, "15");
    await Promise.allSettled([refundTopup(admin, input), refundTopup(admin, input)]);
    await refundTopup(admin, input);
    await expect(refundTopup(admin, { ...input, amount: 10_000_000n })).rejects.toMatchObject({
      code: "conflict",
      reason: "request_changed",
    });
    expect(await books(bought.tenant)).toMatchObject({
      balance: "0.000000",
      lots: ["paid 0.000000"],
      refunds: ["succeeded 1500"],
    });
    await deliver(double, [...eventIds(double, bought.from), ...eventIds(double, bought.from).reverse()]);
    expect(await books(bought.tenant)).toMatchObject({ balance: "0.000000", refunds: ["succeeded 1500"] });
    expect(double.world.refunds.where((one) => one.payment_intent === bought.intentId)).toHaveLength(1);
    await expect(refundTopup(admin, request(bought.topupId, "0.01"))).rejects.toMatchObject({
      fields: { amount: [expect.stringContaining("$0.00 of this credit is left")] },
    });
  });

  it("restore the credit when the bank sends the money back, or Stripe will not do it", async () => {
    const admin = await makePlatform();
    const returned = await buy("pm_card_refundFail");
    await refundTopup(admin, request(returned.topupId, "20"));
    expect(await books(returned.tenant)).toMatchObject({ balance: "5.000000", refunds: ["succeeded 2000"] });
    double.world.clock.advance(2 * 3600);
    await deliver(double, eventIds(double, returned.from));
    expect(await books(returned.tenant)).toMatchObject({ balance: "25.000000", refunds: ["failed 2000"] });

    const refused = await buy();
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: refused.intentId, amount: 2000 });
    await expect(refundTopup(admin, request(refused.topupId, "20"))).rejects.toMatchObject({
      code: "conflict",
      reason: "refund_refused",
    });
    expect(await books(refused.tenant)).toMatchObject({ balance: "25.000000", refunds: ["failed 2000"] });
    await deliver(double, eventIds(double, refused.from));
    expect(await books(refused.tenant)).toMatchObject({ balance: "5.000000" });
  });

  it("that Stripe refused are over: pressed again, no money goes back beside the credit", async () => {
    const admin = await makePlatform();
    const bought = await buy();
    double.api.orders.add({ call: "POST /v1/refunds", do: "refuse" });
    const input = request(bought.topupId, "20");
    await expect(refundTopup(admin, input)).rejects.toMatchObject({ reason: "refund_refused" });
    expect(await books(bought.tenant)).toMatchObject({ balance: "25.000000", refunds: ["failed 2000"] });
    await expect(refundTopup(admin, input)).rejects.toMatchObject({
      code: "conflict",
      reason: "refund_failed",
    });
    await deliver(double, eventIds(double, bought.from));
    expect(double.world.refunds.where((one) => one.payment_intent === bought.intentId)).toEqual([]);
    await refundTopup(admin, request(bought.topupId, "20"));
    expect(await books(bought.tenant)).toMatchObject({ balance: "5.000000" });
  });

  it("are asked for again when the answer was lost", async () => {
    const bought = await buy();
    double.api.orders.add({ call: "POST /v1/refunds", do: "cut_after" });
    const input = request(bought.topupId, "5");
    await expect(refundTopup(await makePlatform(), input)).rejects.toMatchObject({ code: "upstream" });
    expect(await books(bought.tenant)).toMatchObject({ balance: "20.000000", refunds: ["pending 500"] });
    await asSystem("test", (tx) =>
      tx
        .update(refunds)
        .set({ createdAt: sql`now() - interval '2 minutes'` })
        .where(sql`${refunds.id} = ${input.requestKey}`),
    );
    expect(await sweepPayments()).toMatchObject({ refunded: 1 });
    expect(await books(bought.tenant)).toMatchObject({ balance: "20.000000", refunds: ["succeeded 500"] });
    expect(double.world.refunds.where((one) => one.payment_intent === bought.intentId)).toHaveLength(1);
  });

  it("made at Stripe take the credit too, and what was spent of it is owed", async () => {
    const bought = await buy();
    await spend(bought, 20n);
    await (await getStripe()).stripe.refunds.create({ payment_intent: bought.intentId });
    await deliver(double, eventIds(double, bought.from));
    expect(await books(bought.tenant)).toMatchObject({
      balance: "-20.000000",
      lots: ["paid 0.000000"],
      refunds: ["succeeded 2500"],
    });
  });
});

describe("disputes of bought credit", () => {
  const disputeOf = (bought: Bought) =>
    double.world.disputes.where((one) => one.payment_intent === bought.intentId)[0]?.id ?? "";
  const hear = (bought: Bought) => deliver(double, eventIds(double, bought.from));

  it("freeze it at once; won, it may be spent again", async () => {
    const bought = await buy("pm_card_createDispute");
    await spend(bought, 5n);
    await hear(bought);
    expect(await books(bought.tenant)).toMatchObject({
      balance: "20.000000",
      frozen: "20.000000",
      lots: ["paid 20.000000 frozen"],
      disputes: ["needs_response"],
    });
    await expect(refundTopup(await makePlatform(), request(bought.topupId, "5"))).rejects.toMatchObject({
      reason: "disputed",
    });
    const { stripe } = await getStripe();
    await stripe.disputes.update(disputeOf(bought), { evidence: { uncategorized_text: "winning_evidence" } });
    await hear(bought);
    expect(await books(bought.tenant)).toMatchObject({ frozen: "20.000000", disputes: ["under_review"] });
    double.world.clock.advance(2 * 3600);
    await hear(bought);
    expect(await books(bought.tenant)).toMatchObject({
      balance: "20.000000",
      frozen: "0.000000",
      lots: ["paid 20.000000"],
      disputes: ["won"],
    });
  });

  it("take it back when they are lost, and what was spent is owed", async () => {
    const bought = await buy("pm_card_createDispute");
    await spend(bought, 5n);
    await hear(bought);
    await (await getStripe()).stripe.disputes.close(disputeOf(bought));
    await hear(bought);
    expect(await books(bought.tenant)).toMatchObject({
      balance: "-5.000000",
      frozen: "0.000000",
      lots: ["paid 0.000000"],
      topups: ["disputed"],
      disputes: ["lost"],
    });
  });

  it("leave it alone while a bank only asks", async () => {
    const bought = await buy("pm_card_createDisputeInquiry");
    await hear(bought);
    expect(await books(bought.tenant)).toMatchObject({
      frozen: "0.000000",
      disputes: ["warning_needs_response"],
    });
  });

  it("end the same in whatever order events come, twice, late, or lost until the end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), fc.boolean(), async (numbers, isWon) => {
        const draw = () => numbers.next().value ?? 0;
        const bought = await buy("pm_card_createDispute");
        const { stripe } = await getStripe();
        const shuffled = async () => {
          const ids = eventIds(double, bought.from);
          const heard = [...ids, ...ids]
            .map((id) => ({ id, at: draw(), isLost: draw() % 2 === 0 }))
            .filter(({ isLost }) => !isLost)
            .sort((a, b) => a.at - b.at);
          await deliver(
            double,
            heard.map(({ id }) => id),
          );
        };
        await shuffled();
        const uncategorized_text = isWon ? "winning_evidence" : "losing_evidence";
        await stripe.disputes.update(disputeOf(bought), { evidence: { uncategorized_text } });
        await shuffled();
        double.world.clock.advance(2 * 3600);
        await shuffled();
        await hear(bought);
        expect(await books(bought.tenant)).toMatchObject({
          balance: isWon ? "25.000000" : "0.000000",
          frozen: "0.000000",
          disputes: [isWon ? "won" : "lost"],
        });
      }),
      { numRuns: 10 },
    );
  });
});

describe("payments that nobody ends", () => {
  it("are taken back after a day, unless they were made after all", async () => {
    const [left, made] = [await makePayer(), await makePayer()];
    await startTopup(left.admin, click());
    await pay(await startTopup(made.admin, click()), "pm_card_visa");
    await asSystem("test", (tx) => tx.update(payments).set({ createdAt: sql`now() - interval '25 hours'` }));
    expect(await sweepPayments()).toMatchObject({ ended: 2 });
    expect(await books(left)).toMatchObject({
      topups: ["canceled"],
      payments: ["canceled"],
      balance: "0.000000",
    });
    expect(await books(made)).toMatchObject({
      topups: ["paid"],
      payments: ["succeeded"],
      balance: "25.000000",
    });
    expect(await sweepPayments()).toMatchObject({ ended: 0 });
  });
});
