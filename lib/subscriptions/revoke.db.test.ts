import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { closeDue } from "@/lib/billing/commands/close";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { getInvoice } from "@/lib/billing/queries";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { payClick } from "@/lib/payments/bill-testing";
import { payInvoice } from "@/lib/payments/commands/pay-invoice";
import { refreshPayment } from "@/lib/payments/commands/topup";
import { intentIdOf, pay } from "@/lib/payments/testing";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { getWallet } from "@/lib/wallet/queries";
import { changePlan } from "./commands/change";
import { renewDue } from "./renew";
import { atTime, makePlan, makePrepaid, payByTransfer, planBooks, setTime } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());

let platform: PlatformScope;
let starter: string;
let team: string;

beforeAll(async () => {
  platform = await makePlatform();
  starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "20" });
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
});
afterEach(async () => {
  shiftClock(0);
  expect((await checkLedger(platform)).filter((check) => check.count > 0)).toEqual([]);
});

const choose = async (tenant: TestTenant, planId: string) => {
  const input = { planId, cycle: "monthly", requestKey: newId(), shownCents: 10_000_000n } as const;
  return (await changePlan(tenant.admin, input, atTime())).invoiceId ?? "";
};
const takeBack = (invoiceId: string, amount: bigint, plan?: "end" | "keep") =>
  issueCreditNote(
    platform,
    {
      invoiceId,
      reason: "They wanted out.",
      refund: "credit",
      requestKey: newId(),
      lines: [{ description: "The plan", amount }],
      ...(plan ? { plan } : {}),
    },
    atTime(),
  );

/** A tenant that began a plan on 10 January and paid for it. */
async function begun(): Promise<{ tenant: TestTenant; invoiceId: string }> {
  setTime("2026-01-10T00:00:00");
  const tenant = await makePrepaid();
  const invoiceId = await choose(tenant, starter);
  await payByTransfer(platform, invoiceId);
  return { tenant, invoiceId };
}

const ENDED = { plan: "pay-as-you-go", status: "cancelled", allowance: "0.000000" };
const GOES_ON = { plan: "starter", status: "active", allowance: "20.000000" };

describe("a plan whose invoice is taken back", () => {
  it("ends with the last part of it, with what is left of what it included, once", async () => {
    const { tenant, invoiceId } = await begun();
    await takeBack(invoiceId, 900n);
    expect(await planBooks(tenant)).toMatchObject(GOES_ON);
    await takeBack(invoiceId, 2_000n);
    expect(await planBooks(tenant)).toMatchObject({ ...ENDED, changes: ["start", "end"] });
    // It begins anew whenever they like.
    setTime("2026-01-10T01:00:00");
    await payByTransfer(platform, await choose(tenant, team));
    expect(await planBooks(tenant)).toMatchObject({ plan: "team", allowance: "80.000000" });
  });

  it("goes on where the admin says so", async () => {
    const { tenant, invoiceId } = await begun();
    await takeBack(invoiceId, 2_900n, "keep");
    expect(await planBooks(tenant)).toMatchObject(GOES_ON);
  });

  it("is what it was before, where that invoice had raised it; the first one takes back no more than it paid for", async () => {
    const { tenant, invoiceId } = await begun();
    setTime("2026-01-15T00:00:00");
    const raised = await choose(tenant, team);
    await payByTransfer(platform, raised);
    await takeBack(invoiceId, 2_900n);
    expect(await planBooks(tenant)).toMatchObject({ plan: "team", allowance: "70.322581" });
    const { invoices } = await planBooks(tenant);
    expect(invoices[1]).toBe("plan_change paid 58.71: proration -2432, proration 8303");
    await takeBack(raised, 5_871n);
    expect(await planBooks(tenant)).toMatchObject({ ...GOES_ON, paidThrough: "2026-02-10T00:00" });
  });

  it("ends with the fee of the time that runs, and not with one of a time that is over", async () => {
    const { tenant, invoiceId } = await begun();
    setTime("2026-02-10T01:00:00");
    await closeDue(atTime());
    const renewed = (await planBooks(tenant)).invoiceIds[1] ?? "";
    await payByTransfer(platform, renewed);
    await takeBack(invoiceId, 2_900n);
    expect(await planBooks(tenant)).toMatchObject(GOES_ON);
    await takeBack(renewed, 2_900n);
    expect(await planBooks(tenant)).toMatchObject(ENDED);
    setTime("2026-03-10T00:00:00");
    await renewDue(atTime());
    expect((await planBooks(tenant)).changes).toEqual(["start", "renew", "end"]);
  });

  it("ends when a bank takes the payment back, and not while it decides", async () => {
    shiftClock(0);
    const tenant = await makePrepaid();
    const from = eventIds(double).length;
    const input = { planId: starter, cycle: "monthly", requestKey: newId(), shownCents: 2_900n } as const;
    const { invoiceId } = await changePlan(tenant.admin, input);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId ?? ""));
    await pay(payment, "pm_card_createDispute");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);
    await hear();
    expect(await planBooks(tenant)).toMatchObject(GOES_ON);
    const intentId = intentIdOf(payment);
    const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
    await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
    await hear();
    expect(await planBooks(tenant)).toMatchObject({ ...ENDED, changes: ["start", "end"] });
  });

  it("ends with the last money that is given back at Stripe, and not with a part of it", async () => {
    shiftClock(0);
    const tenant = await makePrepaid();
    const from = eventIds(double).length;
    const input = { planId: starter, cycle: "monthly", requestKey: newId(), shownCents: 2_900n } as const;
    const { invoiceId } = await changePlan(tenant.admin, input);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId ?? ""));
    await pay(payment, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);
    const { stripe } = await getStripe();
    await stripe.refunds.create({ payment_intent: intentIdOf(payment), amount: 900 });
    await hear();
    expect(await planBooks(tenant)).toMatchObject(GOES_ON);
    await stripe.refunds.create({ payment_intent: intentIdOf(payment) });
    await hear();
    expect(await planBooks(tenant)).toMatchObject({ ...ENDED, changes: ["start", "end"] });
  });

  it("ends with the last part that a bank takes back, each by a dispute of its own", async () => {
    shiftClock(0);
    const tenant = await makePrepaid();
    const from = eventIds(double).length;
    const input = { planId: starter, cycle: "monthly", requestKey: newId(), shownCents: 2_900n } as const;
    const { invoiceId } = await changePlan(tenant.admin, input);
    const payment = await payInvoice(tenant.admin, payClick(invoiceId ?? ""));
    await pay(payment, "pm_card_visa");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const [charge] = double.world.charges.where((one) => one.payment_intent === intentIdOf(payment));
    const card = cardByToken("pm_card_createDispute");
    if (!charge || !card) throw new Error("nothing was charged");
    const lose = async (amount: number) => {
      openDispute(double.world, { ...charge, amount }, card);
      const dispute = double.world.disputes.where((one) => one.charge === charge.id).at(-1);
      await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
      await deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);
    };
    await lose(900);
    expect(await planBooks(tenant)).toMatchObject(GOES_ON);
    await lose(2_000);
    expect(await planBooks(tenant)).toMatchObject({ ...ENDED, changes: ["start", "end"] });
  });

  it("is one of months again where a bank takes a year back late: the months since are in what is owed for it", async () => {
    const DAY = 86_400_000;
    const daysAgo = (days: number) => setTime(new Date(real - days * DAY).toISOString().slice(0, 19));
    const real = Date.now();
    daysAgo(100);
    const tenant = await makePrepaid();
    await payByTransfer(platform, await choose(tenant, starter));
    daysAgo(95);
    const from = eventIds(double).length;
    const input = { planId: starter, cycle: "annual", requestKey: newId(), shownCents: 10_000_000n } as const;
    const { invoiceId } = await changePlan(tenant.admin, input, atTime());
    const payment = await payInvoice(tenant.admin, payClick(invoiceId ?? ""));
    await pay(payment, "pm_card_createDispute");
    await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
    const hear = () => deliver(double, [...eventIds(double, from), ...eventIds(double, from).reverse()]);
    await hear();
    daysAgo(0);
    await closeDue(atTime());
    await renewDue(atTime());
    const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentIdOf(payment));
    await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
    await hear();
    const wallet = await getWallet(tenant.admin);
    const year = await getInvoice(tenant.admin, invoiceId ?? "");
    expect(wallet.balance).toBe(-microsFromNumeric(year.totalAmount));
    expect(await planBooks(tenant)).toMatchObject({
      plan: "starter",
      changes: ["start", "upgrade", "downgrade"],
    });
    daysAgo(-31);
    await closeDue(atTime());
    await renewDue(atTime());
    const { changes, invoices } = await planBooks(tenant);
    expect(changes).toEqual(["start", "upgrade", "downgrade", "renew"]);
    expect(invoices.at(-1)).toBe("period pending 29.00: plan 2900");
  });
});
