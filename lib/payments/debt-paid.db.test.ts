import { asc, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asSystem } from "@/db/access";
import { commissionEvents } from "@/db/schema/partner-money";
import { subscriptions } from "@/db/schema/plans";
import { reverseEntry } from "@/lib/billing/commands/correct";
import { checkLedger } from "@/lib/billing/run-checks";
import { earnedUntil } from "@/lib/payouts/rules";
import { sumUnpaid } from "@/lib/payouts/sources";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { prepaidTenant, use } from "@/lib/wallet/testing";
import { refreshPayment, startTopup } from "./commands/topup";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

let partnerId: string;
let tenant: TestTenant;
let from: number;
beforeEach(async () => {
  double.api.orders.reset();
  from = eventIds(double).length;
  partnerId = (await makePartner()).partnerId;
  tenant = await prepaidTenant(partnerId);
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing" }),
  );
});
afterEach(async () => {
  // The prices of this usage are made up.
  const broken = (await checkLedger(await makePlatform())).filter(
    ({ count, id }) => count > 0 && id !== "I7",
  );
  expect(broken).toEqual([]);
});

const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);

/** Buys credit by card. Gives the intent. */
async function buy(dollars: string, card = "pm_card_visa"): Promise<string> {
  const payment = await startTopup(tenant.admin, click(dollars));
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return intentIdOf(payment);
}

async function lose(intentId: string): Promise<void> {
  await hear();
  const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
  await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
  double.world.clock.advance(2 * 3600);
  await hear();
}

/** Commission that may be paid in a year, in micros; and what was lost and given back, event by event. */
async function commission() {
  const platform = await makePlatform();
  return asPlatform(platform, async (tx) => {
    const { payable } = await sumUnpaid(tx, partnerId, earnedUntil(new Date(Date.now() + 365 * 86_400_000)));
    const events = await tx
      .select()
      .from(commissionEvents)
      .where(eq(commissionEvents.partnerId, partnerId))
      .orderBy(asc(commissionEvents.id));
    return { payable, events: events.map(({ kind, amount }) => `${kind} ${amount}`) };
  });
}

describe("commission of a debt that is paid after all", () => {
  it("comes back in proportion with each credit that pays it, to the micro-dollar, and with the last all of it", async () => {
    const intent = await buy("25", "pm_card_createDispute");
    // A third of the twenty dollars, which no decimals hold.
    await use(tenant.job, [{ cost: 20_000_000n, commission: 6_666_667n }]);
    await lose(intent);
    expect(await commission()).toEqual({ payable: 0n, events: ["dispute_lost -6.666667"] });
    expect(await books(tenant)).toMatchObject({ balance: "-20.000000", lots: ["paid 0.000000"] });

    await buy("7");
    expect(await commission()).toEqual({
      payable: 2_333_333n,
      events: ["dispute_lost -6.666667", "debt_paid 2.333333"],
    });
    expect(await books(tenant)).toMatchObject({ balance: "-13.000000" });

    await buy("50");
    await hear();
    expect(await commission()).toEqual({
      payable: 6_666_667n,
      events: ["dispute_lost -6.666667", "debt_paid 2.333333", "debt_paid 4.333334"],
    });
    expect(await books(tenant)).toMatchObject({ balance: "37.000000" });
    expect((await books(tenant)).lots.sort()).toEqual(["paid 0.000000", "paid 0.000000", "paid 37.000000"]);
    // What is left is spent as ever, and earns.
    await use(tenant.job, [{ cost: 37_000_000n, commission: 1_000_000n }]);
    expect(await books(tenant)).toMatchObject({ balance: "0.000000" });
    expect((await commission()).payable).toBe(7_666_667n);
  });

  it("goes again when the money that paid the debt is taken back too, and comes back once more", async () => {
    const first = await buy("25", "pm_card_createDispute");
    await use(tenant.job, [{ cost: 25_000_000n, commission: 10_000_000n }]);
    await lose(first);
    const second = await buy("30", "pm_card_createDispute");
    await use(tenant.job, [{ cost: 5_000_000n, commission: 1_000_001n }]);
    expect((await commission()).payable).toBe(11_000_001n);
    await lose(second);
    expect(await commission()).toEqual({
      payable: 0n,
      events: ["dispute_lost -10.000000", "debt_paid 10.000000", "dispute_lost -11.000001"],
    });
    expect(await books(tenant)).toMatchObject({ balance: "-30.000000" });
    await buy("30");
    expect((await commission()).payable).toBe(11_000_001n);
    expect(await books(tenant)).toMatchObject({ balance: "0.000000" });
  });

  it("goes with the third money as with the second", async () => {
    const first = await buy("25", "pm_card_createDispute");
    await use(tenant.job, [{ cost: 25_000_000n, commission: 10_000_000n }]);
    await lose(first);
    const second = await buy("30", "pm_card_createDispute");
    await use(tenant.job, [{ cost: 5_000_000n, commission: 1_000_001n }]);
    await lose(second);
    const third = await buy("30", "pm_card_createDispute");
    expect((await commission()).payable).toBe(11_000_001n);
    await lose(third);
    expect((await commission()).payable).toBe(0n);
    expect(await books(tenant)).toMatchObject({ balance: "-30.000000" });
  });

  it("stays where it came back when the rest of the same credit goes too: other money paid for it", async () => {
    const first = await buy("25");
    const refund = async (amount: number) => {
      await (await getStripe()).stripe.refunds.create({ payment_intent: first, amount });
      await hear();
    };
    await use(tenant.job, [{ cost: 20_000_000n, commission: 8_000_000n }]);
    // Five dollars of it were not spent.
    await refund(1_000);
    const second = await buy("10");
    expect((await commission()).payable).toBe(8_000_000n);
    await refund(1_500);
    const lost = ["topup_refunded -2.000000", "debt_paid 2.000000", "topup_refunded -6.000000"];
    expect(await commission()).toEqual({ payable: 2_000_000n, events: lost });
    await buy("15");
    expect(await commission()).toEqual({ payable: 8_000_000n, events: [...lost, "debt_paid 6.000000"] });
    // It goes with the money that it came back for, and no further.
    await (await getStripe()).stripe.refunds.create({ payment_intent: second });
    await hear();
    expect((await commission()).payable).toBe(6_000_000n);
  });

  it("comes back once where a refund fails after its debt was paid", async () => {
    const intent = await buy("25", "pm_card_refundFail");
    await use(tenant.job, [{ cost: 25_000_000n, commission: 10_000_000n }]);
    await (await getStripe()).stripe.refunds.create({ payment_intent: intent });
    await hear();
    expect(await commission()).toEqual({ payable: 0n, events: ["topup_refunded -10.000000"] });
    await buy("10");
    expect((await commission()).payable).toBe(4_000_000n);
    double.world.clock.advance(2 * 3600);
    await hear();
    expect(await commission()).toEqual({
      payable: 10_000_000n,
      events: [
        "topup_refunded -10.000000",
        "debt_paid 4.000000",
        "topup_refunded 10.000000",
        "debt_paid -4.000000",
      ],
    });
    expect(await books(tenant)).toMatchObject({ balance: "10.000000" });
    // What had paid the debt is credit again: it pays for usage, and nobody is asked for that.
    await use(tenant.job, [{ cost: 10_000_000n, commission: 1_000_000n }]);
    expect(await books(tenant)).toMatchObject({
      balance: "0.000000",
      lots: ["paid 0.000000", "paid 0.000000"],
    });
    expect((await commission()).payable).toBe(11_000_000n);
  });

  const refundAll = async (intent: string) => {
    await (await getStripe()).stripe.refunds.create({ payment_intent: intent });
    await hear();
  };
  const fail = async () => {
    double.world.clock.advance(2 * 3600);
    await hear();
  };

  it.each(["before", "after"])(
    "is all there where the money that had paid a debt goes %s the debt's own refund fails: the first money is here",
    async (when) => {
      const first = await buy("25", "pm_card_refundFail");
      await use(tenant.job, [{ cost: 25_000_000n, commission: 10_000_000n }]);
      await refundAll(first);
      const second = await buy("10");
      if (when === "before") await refundAll(second);
      await fail();
      if (when === "after") await refundAll(second);
      expect(await commission()).toMatchObject({ payable: 10_000_000n });
      expect(await books(tenant)).toMatchObject({
        balance: "0.000000",
        lots: ["paid 0.000000", "paid 0.000000"],
      });
      await buy("5");
      expect(await commission()).toMatchObject({ payable: 10_000_000n });
      expect(await books(tenant)).toMatchObject({ balance: "5.000000" });
    },
  );

  it("goes to the debt that is left where one of two refunds fails that the same credit had paid", async () => {
    const failing = await buy("25", "pm_card_refundFail");
    const other = await buy("20");
    await use(tenant.job, [{ cost: 45_000_000n, commission: 9_000_000n }]);
    await refundAll(failing);
    await buy("25");
    await refundAll(other);
    expect(await commission()).toMatchObject({ payable: 5_000_000n });
    expect((await books(tenant)).balance).toBe("-20.000000");
    await fail();
    // $50 came in and stayed, for $45 that were used.
    expect(await commission()).toMatchObject({ payable: 9_000_000n });
    expect(await books(tenant)).toMatchObject({ balance: "5.000000" });
    expect((await books(tenant)).lots.sort()).toEqual(["paid 0.000000", "paid 0.000000", "paid 5.000000"]);
  });

  it("is lost once where usage is taken back whose money went back before: what it gives back pays that debt", async () => {
    const intent = await buy("25");
    const [first] = await use(tenant.job, [{ cost: 20_000_000n, commission: 8_000_000n }]);
    await use(tenant.job, [{ cost: 5_000_000n, commission: 2_000_000n }]);
    await refundAll(intent);
    expect(await commission()).toMatchObject({ payable: 0n });
    await reverseEntry(await makePlatform(), { entryId: first ?? "", reason: "It was metered twice" });
    // $5 were used, and nothing of them is paid.
    expect(await commission()).toMatchObject({ payable: 0n });
    expect(await books(tenant)).toMatchObject({ balance: "-5.000000", lots: ["paid 0.000000"] });
    await buy("10");
    expect(await commission()).toMatchObject({ payable: 2_000_000n });
    expect(await books(tenant)).toMatchObject({ balance: "5.000000" });
  });

  it("is lost once where usage is taken back whose debt was paid, and then the money that paid it goes", async () => {
    const intent = await buy("25");
    const [first] = await use(tenant.job, [{ cost: 20_000_000n, commission: 8_000_000n }]);
    await refundAll(intent);
    const second = await buy("30", "pm_card_createDispute");
    expect((await commission()).payable).toBe(8_000_000n);
    await use(tenant.job, [{ cost: 4_000_000n, commission: 1_000_000n }]);
    await reverseEntry(await makePlatform(), { entryId: first ?? "", reason: "It was metered twice" });
    expect((await commission()).payable).toBe(1_000_000n);
    await lose(second);
    expect((await commission()).payable).toBe(0n);
    expect(await books(tenant)).toMatchObject({ balance: "-4.000000" });
  });
});
