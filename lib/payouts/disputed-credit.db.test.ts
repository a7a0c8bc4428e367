import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asSystem } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { cardByToken } from "@/e2e/stripe/cards";
import { openDispute } from "@/e2e/stripe/resources/disputes";
import { closePeriod } from "@/lib/billing/commands/close";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { newId } from "@/lib/ids";
import { payInvoice } from "@/lib/payments/commands/pay-invoice";
import { refreshPayment, startTopup } from "@/lib/payments/commands/topup";
import { payInvoiceInput } from "@/lib/payments/input";
import type { StartedPayment } from "@/lib/payments/started-payment";
import { click, intentIdOf, pay } from "@/lib/payments/testing";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney, prepaidTenant, use } from "@/lib/wallet/testing";
import { earnedUntil } from "./rules";
import { sumUnpaid } from "./sources";
import { daysAgo } from "./testing";

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

/** What the partner has earned and is in no payout, in a year. */
async function unpaid() {
  const until = earnedUntil(new Date(Date.now() + 365 * 86_400_000));
  return asPlatform(await makePlatform(), (tx) => sumUnpaid(tx, partnerId, until));
}

const subscribe = ({ tenantId }: TestTenant) =>
  asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId, planName: "trial", status: "trialing" }),
  );

async function paid(tenant: TestTenant, payment: StartedPayment): Promise<string> {
  await pay(payment, "pm_card_visa");
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return intentIdOf(payment);
}

/** A bank takes the payment while it decides. */
async function dispute(intentId: string): Promise<string> {
  const [charge] = double.world.charges.where((one) => one.payment_intent === intentId);
  const card = cardByToken("pm_card_createDispute");
  if (!charge || !card) throw new Error("nothing was charged");
  openDispute(double.world, charge, card);
  await hear();
  return double.world.disputes.where((one) => one.payment_intent === intentId)[0]?.id ?? "";
}

async function lose(disputeId: string): Promise<void> {
  await (await getStripe()).stripe.disputes.close(disputeId);
  await hear();
}

describe("what a partner earned with money that a bank has", () => {
  it("waits also where an invoice's payment had become credit", async () => {
    const tenant = await makeTenant(partnerId);
    await subscribe(tenant);
    await daysAgo(40, () => use(tenant.job, [{ cost: 30n * DOLLAR, commission: 12n * DOLLAR }]));
    const platform = await makePlatform();
    const month = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 7);
    const [closed] = await closePeriod(platform, { month, tenantId: tenant.tenantId });
    const invoiceId = closed?.invoiceId ?? "";
    const payment = await payInvoice(tenant.admin, payInvoiceInput.parse({ invoiceId, requestKey: newId() }));
    const lines = [{ description: "Goodwill", amount: 1_000n }];
    const note = { invoiceId, reason: "Agreed with them", refund: "credit", lines } as const;
    await issueCreditNote(platform, { ...note, requestKey: newId() }, new Date());
    // $20 of $30 were due: the rest is credit, of which the half is used.
    const intent = await paid(tenant, payment);
    await use(tenant.job, [{ cost: 5n * DOLLAR, commission: 2n * DOLLAR }]);
    expect(await unpaid()).toEqual({ payable: 10n * DOLLAR, waiting: 0n });
    const disputed = await dispute(intent);
    expect(await unpaid()).toEqual({ payable: 0n, waiting: 10n * DOLLAR });
    await lose(disputed);
    expect(await unpaid()).toEqual({ payable: 0n, waiting: 0n });
    expect(await brokenMoney()).toEqual([]);
  });

  it("waits also where it had paid a debt", async () => {
    const tenant = await prepaidTenant(partnerId);
    await subscribe(tenant);
    const buy = async () => paid(tenant, await startTopup(tenant.admin, click("25")));
    const first = await buy();
    await use(tenant.job, [{ cost: 25n * DOLLAR, commission: 10n * DOLLAR }]);
    await lose(await dispute(first));
    const second = await buy();
    expect(await unpaid()).toEqual({ payable: 10n * DOLLAR, waiting: 0n });
    await dispute(second);
    expect(await unpaid()).toEqual({ payable: 0n, waiting: 10n * DOLLAR });
    expect(await brokenMoney()).toEqual([]);
  });
});
