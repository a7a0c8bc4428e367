import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asSystem } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { closePeriod } from "@/lib/billing/commands/close";
import { reverseEntry } from "@/lib/billing/commands/correct";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { newId } from "@/lib/ids";
import { earnedUntil } from "@/lib/payouts/rules";
import { sumUnpaid } from "@/lib/payouts/sources";
import { daysAgo } from "@/lib/payouts/testing";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { getWallet } from "@/lib/wallet/queries";
import { brokenMoney, use } from "@/lib/wallet/testing";
import { listTransactions } from "@/lib/wallet/transactions";
import { payInvoice } from "./commands/pay-invoice";
import { refreshPayment, startTopup } from "./commands/topup";
import { payInvoiceInput } from "./input";
import { click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

const DOLLAR = 1_000_000n;
let partnerId: string;
let from: number;
beforeEach(async () => {
  double.api.orders.reset();
  from = eventIds(double).length;
  partnerId = (await makePartner()).partnerId;
});

const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);

async function earned(): Promise<bigint> {
  const until = earnedUntil(new Date(Date.now() + 365 * 86_400_000));
  const unpaid = await asPlatform(await makePlatform(), (tx) => sumUnpaid(tx, partnerId, until));
  return unpaid.payable + unpaid.waiting;
}

const balance = async (tenant: TestTenant) => (await getWallet(tenant.admin)).balance;

/** A partner's customer that pays an invoice of $30 by card. 40 % of what is used are the partner's. */
async function paying() {
  const tenant = await makeTenant(partnerId);
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing" }),
  );
  await daysAgo(40, () => use(tenant.job, [{ cost: 30n * DOLLAR, commission: 12n * DOLLAR }]));
  const platform = await makePlatform();
  const month = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 7);
  const [closed] = await closePeriod(platform, { month, tenantId: tenant.tenantId });
  const invoiceId = closed?.invoiceId ?? "";
  const payment = await payInvoice(tenant.admin, payInvoiceInput.parse({ invoiceId, requestKey: newId() }));
  await pay(payment, "pm_card_visa");
  const paid = () => refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  const lower = (amount: bigint) => {
    const lines = [{ description: "Goodwill", amount }];
    const note = { invoiceId, reason: "Agreed with them", refund: "credit", lines } as const;
    return issueCreditNote(platform, { ...note, requestKey: newId() }, new Date());
  };
  return { tenant, intentId: intentIdOf(payment), paid, lower };
}

/** The same whose invoice became $20 meanwhile: $10 are credit, and pay for some of what was used since. */
async function overpaid(used: bigint): Promise<{ tenant: TestTenant; intentId: string }> {
  const { tenant, intentId, paid, lower } = await paying();
  await use(tenant.job, [{ cost: used, commission: (used * 2n) / 5n }]);
  await lower(1_000n);
  await paid();
  return { tenant, intentId };
}

/** A bank takes the payment while it decides. */
async function dispute(intentId: string, amount?: number) {
  const [charge] = double.world.charges.where((one) => one.payment_intent === intentId);
  const card = cardByToken("pm_card_createDispute");
  if (!charge || !card) throw new Error("nothing was charged");
  openDispute(double.world, { ...charge, ...(amount ? { amount } : {}) }, card);
  const opened = double.world.disputes.where((one) => one.payment_intent === intentId).at(-1);
  if (!opened) throw new Error("nothing was disputed");
  return opened;
}

async function lose(intentId: string) {
  const lost = await dispute(intentId);
  await (await getStripe()).stripe.disputes.close(lost.id);
  await hear();
  return lost;
}

describe("an invoice's payment that was more than was due", () => {
  it("and is lost at the bank loses the partner what its credit had paid for, too; won on appeal, it is earned again", async () => {
    const { tenant, intentId } = await overpaid(20n * DOLLAR);
    expect(await earned()).toBe(12n * DOLLAR);
    expect(await balance(tenant)).toBe(-10n * DOLLAR);
    const dispute = await lose(intentId);
    expect(await earned()).toBe(0n);
    expect(await balance(tenant)).toBe(-40n * DOLLAR);
    dispute.status = "won";
    double.world.emit({ type: "charge.dispute.closed", object: dispute });
    await hear();
    expect(await earned()).toBe(12n * DOLLAR);
    expect(await balance(tenant)).toBe(-10n * DOLLAR);
    expect(await brokenMoney()).toEqual([]);
  });

  it("and is lost takes what is left of its credit: nothing is earned with that any more", async () => {
    const { tenant, intentId } = await overpaid(4n * DOLLAR);
    expect(await balance(tenant)).toBe(6n * DOLLAR);
    await lose(intentId);
    expect(await earned()).toBe(0n);
    expect(await balance(tenant)).toBe(-24n * DOLLAR);
    await use(tenant.job, [{ cost: 5n * DOLLAR, commission: 2n * DOLLAR }]);
    expect(await earned()).toBe(0n);
    expect(await brokenMoney()).toEqual([]);
  });

  it("and is refunded at Stripe beyond its invoice does the same", async () => {
    const { tenant, intentId } = await overpaid(4n * DOLLAR);
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: intentId, amount: 2_000 });
    await hear();
    expect([await earned(), await balance(tenant)]).toEqual([1_600_000n, 6n * DOLLAR]);
    await stripe.refunds.create({ payment_intent: intentId, amount: 1_000 });
    await hear();
    expect([await earned(), await balance(tenant)]).toEqual([0n, -4n * DOLLAR]);
    expect(await brokenMoney()).toEqual([]);
  });
});

/** An invoice of $30 that was paid, and of which a credit note gave $20 back as credit: $15 of that are spent. */
async function credited(): Promise<{ tenant: TestTenant; intentId: string }> {
  const { tenant, intentId, paid, lower } = await paying();
  await paid();
  await lower(2_000n);
  await use(tenant.job, [{ cost: 15n * DOLLAR, commission: 6n * DOLLAR }]);
  expect([await earned(), await balance(tenant)]).toEqual([10n * DOLLAR, 5n * DOLLAR]);
  return { tenant, intentId };
}

describe("an invoice's payment of which a credit note gave some back as credit", () => {
  it("and is lost at the bank takes what is left of that credit, and what partners earned with the rest; won on appeal, both are back", async () => {
    const { tenant, intentId } = await credited();
    const dispute = await lose(intentId);
    expect([await earned(), await balance(tenant)]).toEqual([0n, -25n * DOLLAR]);
    await use(tenant.job, [{ cost: 5n * DOLLAR, commission: 2n * DOLLAR }]);
    expect([await earned(), await balance(tenant)]).toEqual([0n, -30n * DOLLAR]);
    dispute.status = "won";
    double.world.emit({ type: "charge.dispute.closed", object: dispute });
    await hear();
    expect([await earned(), await balance(tenant)]).toEqual([10n * DOLLAR, 0n]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("and is lost is earned again once it is paid: what the customer owes brings partners back what they lost", async () => {
    const { tenant, intentId } = await credited();
    await lose(intentId);
    const topup = await startTopup(tenant.admin, click("25"));
    await pay(topup, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: topup.paymentId });
    expect([await earned(), await balance(tenant)]).toEqual([10n * DOLLAR, 0n]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("keeps each credit's commission apart: what was corrected of one is not taken from what another earned", async () => {
    const { tenant, intentId, paid, lower } = await paying();
    await paid();
    const spend = async () => {
      await lower(1_000n);
      return use(tenant.job, [{ cost: 10n * DOLLAR, commission: 4n * DOLLAR }]);
    };
    const [corrected = ""] = await spend();
    await spend();
    await lose(intentId);
    const topup = await startTopup(tenant.admin, click("30"));
    await pay(topup, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: topup.paymentId });
    expect([await earned(), await balance(tenant)]).toEqual([12n * DOLLAR, 0n]);
    await reverseEntry(await makePlatform(), { entryId: corrected, reason: "It was metered twice" });
    expect([await earned(), await balance(tenant)]).toEqual([8n * DOLLAR, 10n * DOLLAR]);
    await lose(intentIdOf(topup));
    expect([await earned(), await balance(tenant)]).toEqual([0n, -20n * DOLLAR]);
    expect(await brokenMoney()).toEqual([]);
  });

  it("and is refunded at Stripe beyond its invoice does the same", async () => {
    const { tenant, intentId } = await credited();
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: intentId, amount: 1_000 });
    await hear();
    expect([await earned(), await balance(tenant)]).toEqual([6n * DOLLAR, 5n * DOLLAR]);
    await stripe.refunds.create({ payment_intent: intentId, amount: 2_000 });
    await hear();
    expect([await earned(), await balance(tenant)]).toEqual([0n, -15n * DOLLAR]);
    await use(tenant.job, [{ cost: 5n * DOLLAR, commission: 2n * DOLLAR }]);
    expect(await earned()).toBe(0n);
    expect(await brokenMoney()).toEqual([]);
  });
});

describe("an invoice's payment that a bank has while it decides", () => {
  /** The $6 that are left of what was over, and $5 of a note that is issued meanwhile. */
  async function disputed() {
    const { tenant, intentId, paid, lower } = await paying();
    await use(tenant.job, [{ cost: 4n * DOLLAR, commission: 1_600_000n }]);
    await lower(1_000n);
    await paid();
    const opened = await dispute(intentId);
    await hear();
    expect(await getWallet(tenant.admin)).toMatchObject({ balance: 6n * DOLLAR, frozen: 6n * DOLLAR });
    await lower(500n);
    await use(tenant.job, [{ cost: 2n * DOLLAR }]);
    expect(await getWallet(tenant.admin)).toMatchObject({ balance: 9n * DOLLAR, frozen: 11n * DOLLAR });
    return { tenant, opened };
  }

  it("leaves nothing of the credit that it became to be spent; won, all of it is there again", async () => {
    const { tenant, opened } = await disputed();
    opened.status = "won";
    double.world.emit({ type: "charge.dispute.closed", object: opened });
    await hear();
    expect(await getWallet(tenant.admin)).toMatchObject({ balance: 9n * DOLLAR, frozen: 0n });
    expect(await brokenMoney()).toEqual([]);
  });

  it("leaves nothing of it to be spent until the last of three disputes over it is decided", async () => {
    const { tenant, intentId, paid, lower } = await paying();
    await lower(1_000n);
    await paid();
    const all: Awaited<ReturnType<typeof dispute>>[] = [];
    for (const cents of [500, 700, 300]) all.push(await dispute(intentId, cents));
    await hear();
    const balance = 10n * DOLLAR;
    for (const [index, opened] of all.entries()) {
      expect(await getWallet(tenant.admin), `dispute ${index}`).toMatchObject({ balance, frozen: balance });
      opened.status = "won";
      double.world.emit({ type: "charge.dispute.closed", object: opened });
      await hear();
    }
    expect(await getWallet(tenant.admin)).toMatchObject({ balance, frozen: 0n });
    expect(await brokenMoney()).toEqual([]);
  });

  it("is taken back with all of that credit when the dispute is lost", async () => {
    const { tenant, opened } = await disputed();
    await (await getStripe()).stripe.disputes.close(opened.id);
    await hear();
    expect(await getWallet(tenant.admin)).toMatchObject({ balance: -21n * DOLLAR, frozen: 0n });
    expect(await brokenMoney()).toEqual([]);
  });
});

describe("credit that a credit note gives of a payment which a bank had taken back", () => {
  it("pays what is owed for that, and partners earn as if the note had come first", async () => {
    const { tenant, intentId, paid, lower } = await paying();
    await paid();
    const dispute = await lose(intentId);
    await lower(2_000n);
    expect([await earned(), await balance(tenant)]).toEqual([0n, -10n * DOLLAR]);
    const told = (await listTransactions(tenant.admin, {})).items.map(({ amount, reason }) => [
      amount,
      reason,
    ]);
    expect(told).toContainEqual([-20n * DOLLAR, "It pays what was taken back after it was spent"]);
    await use(tenant.job, [{ cost: 5n * DOLLAR, commission: 2n * DOLLAR }]);
    expect([await earned(), await balance(tenant)]).toEqual([0n, -15n * DOLLAR]);
    const topup = await startTopup(tenant.admin, click("15"));
    await pay(topup, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: topup.paymentId });
    expect([await earned(), await balance(tenant)]).toEqual([6n * DOLLAR, 0n]);
    dispute.status = "won";
    double.world.emit({ type: "charge.dispute.closed", object: dispute });
    await hear();
    expect([await earned(), await balance(tenant)]).toEqual([6n * DOLLAR, 30n * DOLLAR]);
    expect(await brokenMoney()).toEqual([]);
  });
});

it("what was refunded with an invoice is not earned again when a debt is paid of what went back beyond it", async () => {
  const { tenant, intentId, paid, lower } = await paying();
  await paid();
  await lower(2_000n);
  expect(await earned()).toBe(4n * DOLLAR);
  await (await getStripe()).stripe.refunds.create({ payment_intent: intentId, amount: 2_500 });
  await hear();
  expect([await earned(), await balance(tenant)]).toEqual([0n, 5n * DOLLAR]);
  const topup = await startTopup(tenant.admin, click("15"));
  await pay(topup, "pm_card_visa");
  await refreshPayment(tenant.admin, { paymentId: topup.paymentId });
  expect([await earned(), await balance(tenant)]).toEqual([0n, 20n * DOLLAR]);
  expect(await brokenMoney()).toEqual([]);
});
