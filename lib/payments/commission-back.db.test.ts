import { eq } from "drizzle-orm";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asSystem } from "@/db/access";
import { commissionEvents } from "@/db/schema/partner-money";
import { subscriptions } from "@/db/schema/plans";
import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { closePeriod } from "@/lib/billing/commands/close";
import { newId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { earnedUntil } from "@/lib/payouts/rules";
import { sumUnpaid } from "@/lib/payouts/sources";
import { daysAgo } from "@/lib/payouts/testing";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney, prepaidTenant, use } from "@/lib/wallet/testing";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
import { findInvoiceDispute } from "./dispute-queries";
import { payInvoiceInput } from "./input";
import { click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

let partnerId: string;
let from: number;
beforeEach(async () => {
  double.api.orders.reset();
  from = eventIds(double).length;
  partnerId = (await makePartner()).partnerId;
});

const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);
const DOLLAR = 1_000_000n;

async function payer(tenant: TestTenant): Promise<TestTenant> {
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing" }),
  );
  return tenant;
}

/** Commission that may be paid in a year, and that waits even then; what was lost so far, event by event. */
async function earnings() {
  const platform = await makePlatform();
  const { payable, waiting } = await asPlatform(platform, (tx) =>
    sumUnpaid(tx, partnerId, earnedUntil(new Date(Date.now() + 365 * 86_400_000))),
  );
  const events = await asPlatform(platform, (tx) =>
    tx.select().from(commissionEvents).where(eq(commissionEvents.partnerId, partnerId)),
  );
  const lost = events
    .filter(({ amount }) => microsFromNumeric(amount) < 0n)
    .map(({ kind, amount }) => `${kind} ${amount}`);
  return { payable, waiting, lost };
}

/** A partner's customer that bought credit for $25 and used some of it; 40 % of that is the partner's. */
async function bought(card: string, used: bigint): Promise<{ intentId: string }> {
  const tenant = await payer(await prepaidTenant(partnerId));
  const payment = await startTopup(tenant.admin, click());
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  await use(tenant.job, [{ cost: used, commission: (used * 2n) / 5n }]);
  return { intentId: intentIdOf(payment) };
}

/** A partner's customer that paid an invoice of $30 by card, $12 of which are the partner's. */
async function billed(card: string) {
  const tenant = await payer(await makeTenant(partnerId));
  await daysAgo(40, () => use(tenant.job, [{ cost: 30n * DOLLAR, commission: 12n * DOLLAR }]));
  const lastMonth = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 7);
  const month = { month: lastMonth, tenantId: tenant.tenantId };
  const [closed] = await closePeriod(await makePlatform(), month);
  const invoiceId = closed?.invoiceId ?? "";
  const payment = await payInvoice(tenant.admin, payInvoiceInput.parse({ invoiceId, requestKey: newId() }));
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return { intentId: intentIdOf(payment), tenant, invoiceId };
}

const disputeOf = (intentId: string) =>
  double.world.disputes.where((one) => one.payment_intent === intentId)[0]?.id ?? "";

describe("commission of usage that bought credit paid for", () => {
  it("is taken back for what was spent of refunded money, and given back when the refund fails", async () => {
    const { intentId } = await bought("pm_card_refundFail", 20n * DOLLAR);
    expect(await earnings()).toMatchObject({ payable: 8n * DOLLAR, lost: [] });
    // $5 of it were not spent; of the $20 that were, $13 went back.
    await (await getStripe()).stripe.refunds.create({ payment_intent: intentId, amount: 1800 });
    await hear();
    expect(await earnings()).toMatchObject({
      payable: 2_800_000n,
      lost: ["topup_refunded -5.200000"],
    });
    double.world.clock.advance(2 * 3600);
    await hear();
    expect(await earnings()).toMatchObject({ payable: 8n * DOLLAR });
    expect(await brokenMoney()).toEqual([]);
  });

  it("waits while a bank decides, and goes with what was spent when the dispute is lost", async () => {
    const { intentId } = await bought("pm_card_createDispute", 20n * DOLLAR);
    await hear();
    expect(await earnings()).toEqual({ payable: 0n, waiting: 8n * DOLLAR, lost: [] });
    await (await getStripe()).stripe.disputes.close(disputeOf(intentId));
    await hear();
    expect(await earnings()).toEqual({
      payable: 0n,
      waiting: 0n,
      lost: ["dispute_lost -8.000000"],
    });
    expect(await brokenMoney()).toEqual([]);
  });
});

describe("commission of credit that is refunded and disputed", () => {
  it("is taken back once, however much of the money goes back twice", async () => {
    const { intentId } = await bought("pm_card_visa", 20n * DOLLAR);
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: intentId, amount: 1500 });
    await hear();
    expect(await earnings()).toMatchObject({ lost: ["topup_refunded -4.000000"] });
    // The bank takes all of it back all the same.
    const [charge] = double.world.charges.where((one) => one.payment_intent === intentId);
    const card = cardByToken("pm_card_createDispute");
    if (charge && card) openDispute(double.world, charge, card);
    await stripe.disputes.close(disputeOf(intentId));
    await hear();
    expect(await earnings()).toMatchObject({
      payable: 0n,
      waiting: 0n,
      lost: ["topup_refunded -4.000000", "dispute_lost -4.000000"],
    });
    expect(await brokenMoney()).toEqual([]);
  });
});

describe("commission of an invoice", () => {
  it("waits while a bank decides, and goes when the dispute is lost", async () => {
    const { intentId, tenant, invoiceId } = await billed("pm_card_createDispute");
    await hear();
    expect(await earnings()).toEqual({ payable: 0n, waiting: 12n * DOLLAR, lost: [] });
    const told = (scope = tenant.admin) => findInvoiceDispute(scope, invoiceId);
    expect(await told()).toMatchObject({ cents: 3_000n, outcome: "open" });
    expect(await told((await makeTenant()).admin)).toBeNull();
    await (await getStripe()).stripe.disputes.close(disputeOf(intentId));
    await hear();
    expect(await told()).toMatchObject({ outcome: "lost" });
    expect(await earnings()).toMatchObject({ payable: 0n, lost: ["dispute_lost -12.000000"] });
  });

  it("may be paid again when the dispute is won", async () => {
    const { intentId } = await billed("pm_card_createDispute");
    const { stripe } = await getStripe();
    const evidence = { uncategorized_text: "winning_evidence" };
    await stripe.disputes.update(disputeOf(intentId), { evidence });
    await hear();
    expect(await earnings()).toMatchObject({ payable: 0n });
    double.world.clock.advance(2 * 3600);
    await hear();
    expect(await earnings()).toEqual({ payable: 12n * DOLLAR, waiting: 0n, lost: [] });
  });

  it("goes in proportion with what is refunded at Stripe, and never beyond all of it", async () => {
    const { intentId } = await billed("pm_card_visa");
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: intentId, amount: 1000 });
    await hear();
    expect(await earnings()).toMatchObject({ payable: 8n * DOLLAR });
    await stripe.refunds.create({ payment_intent: intentId });
    await hear();
    expect(await earnings()).toMatchObject({
      payable: 0n,
      lost: ["invoice_refunded -4.000000", "invoice_refunded -8.000000"],
    });
  });
});
