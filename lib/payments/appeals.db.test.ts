import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { checkLedger } from "@/lib/billing/run-checks";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { prepaidTenant, use } from "@/lib/wallet/testing";
import { bill, payClick } from "./bill-testing";
import { papers } from "./bought-testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
import type { StartedPayment } from "./started-payment";
import { books, click, intentIdOf, pay, topupsOf } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
let from = 0;
beforeEach(() => {
  double.api.orders.reset();
  from = eventIds(double).length;
});
afterEach(async () => {
  // The prices of this usage, and the invoice without lines, are made up.
  const broken = (await checkLedger(await makePlatform())).filter(
    ({ count, id }) => count > 0 && id !== "I7" && id !== "I11" && id !== "I12",
  );
  expect(broken).toEqual([]);
});

const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);

async function prepaidPayer(): Promise<TestTenant> {
  const tenant = await prepaidTenant();
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing" }),
  );
  return tenant;
}

async function disputed(tenant: TestTenant, payment: StartedPayment): Promise<string> {
  await pay(payment, "pm_card_createDispute");
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  const intentId = intentIdOf(payment);
  return double.world.disputes.where((one) => one.payment_intent === intentId)[0]?.id ?? "";
}

/** The bank goes on with a dispute in a way that Stripe's test mode does not offer. */
function becomes(
  disputeId: string,
  status: "appeal_needs_response" | "appeal_under_review" | "won" | "lost",
) {
  const dispute = double.world.disputes.get(disputeId);
  dispute.status = status;
  const isEnd = status === "won" || status === "lost";
  double.world.emit({ type: isEnd ? "charge.dispute.closed" : "charge.dispute.updated", object: dispute });
}

describe("a dispute that was lost", () => {
  it("is undone when an appeal is won: the credit is back, and no debt is left", async () => {
    const tenant = await prepaidPayer();
    const dispute = await disputed(tenant, await startTopup(tenant.admin, click("25")));
    await use(tenant.job, [{ cost: 10_000_000n }]);
    await hear();
    await (await getStripe()).stripe.disputes.close(dispute);
    await hear();
    const lost = { balance: "-10.000000", lots: ["paid 0.000000"], topups: ["disputed"], disputes: ["lost"] };
    expect(await books(tenant)).toMatchObject(lost);
    becomes(dispute, "appeal_under_review");
    await hear();
    expect(await books(tenant)).toMatchObject(lost);
    becomes(dispute, "won");
    await hear();
    expect(await books(tenant)).toMatchObject({
      balance: "15.000000",
      frozen: "0.000000",
      lots: ["paid 15.000000"],
      topups: ["paid"],
      disputes: ["won"],
    });
    expect(await papers(tenant)).toMatchObject({
      invoices: ["2500 + 0 refunded", "2500 + 0 paid"],
      notes: ["2500 + 0 issued"],
    });
  });

  it("over money that was refunded in part before is noted, and sold again, once", async () => {
    const tenant = await prepaidPayer();
    const payment = await startTopup(tenant.admin, click("25"));
    await pay(payment, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: intentIdOf(payment), amount: 1000 });
    await hear();
    const [charge] = double.world.charges.where((one) => one.payment_intent === intentIdOf(payment));
    const card = cardByToken("pm_card_createDispute");
    if (charge && card) openDispute(double.world, charge, card);
    const [dispute] = double.world.disputes.where((one) => one.charge === charge?.id);
    await stripe.disputes.close(dispute?.id ?? "");
    await hear();
    const notes = ["1000 + 0 issued", "1500 + 0 issued"];
    expect(await papers(tenant)).toEqual({ invoices: ["2500 + 0 refunded"], notes });
    const { subjects = [] } = (await checkLedger(await makePlatform())).find(({ id }) => id === "I11") ?? {};
    const [topupId = ""] = await topupsOf(tenant);
    expect(subjects.filter((subject) => subject.includes(topupId))).toEqual([]);
    becomes(dispute?.id ?? "", "won");
    await hear();
    expect(await books(tenant)).toMatchObject({ balance: "15.000000", refunds: ["succeeded 1000"] });
    expect(await papers(tenant)).toEqual({ invoices: ["2500 + 0 refunded", "1500 + 0 paid"], notes });
  });

  it("of an invoice is owed no more when an appeal is won, and is still owed when it is lost again", async () => {
    for (const [end, balance] of [
      ["won", "0.000000"],
      ["lost", "-30.000000"],
    ] as const) {
      const tenant = await prepaidPayer();
      const invoiceId = await bill(tenant);
      const dispute = await disputed(tenant, await payInvoice(tenant.admin, payClick(invoiceId)));
      await (await getStripe()).stripe.disputes.close(dispute);
      await hear();
      expect(await books(tenant)).toMatchObject({ balance: "-30.000000" });
      becomes(dispute, "appeal_needs_response");
      becomes(dispute, end);
      await hear();
      expect(await books(tenant)).toMatchObject({ balance, disputes: [end] });
    }
  });

  it("comes to the same in whatever order its story is heard, and however much of it is lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(1000)), fc.boolean(), async (numbers, isWon) => {
        const draw = () => numbers.next().value ?? 0;
        from = eventIds(double).length;
        const tenant = await prepaidPayer();
        const dispute = await disputed(tenant, await startTopup(tenant.admin, click("25")));
        await use(tenant.job, [{ cost: 10_000_000n }]);
        const hearSome = () =>
          deliver(
            double,
            eventIds(double, from)
              .map((id) => ({ id, at: draw(), isLost: draw() % 2 === 0 }))
              .filter(({ isLost }) => !isLost)
              .sort((a, b) => a.at - b.at)
              .map(({ id }) => id),
          );
        await hearSome();
        await (await getStripe()).stripe.disputes.close(dispute);
        await hearSome();
        becomes(dispute, "appeal_under_review");
        await hearSome();
        becomes(dispute, isWon ? "won" : "lost");
        await hearSome();
        await hear();
        expect(await books(tenant)).toMatchObject(
          isWon
            ? { balance: "15.000000", frozen: "0.000000", disputes: ["won"] }
            : { balance: "-10.000000", frozen: "0.000000", disputes: ["lost"] },
        );
      }),
      { numRuns: 6 },
    );
  });
});
