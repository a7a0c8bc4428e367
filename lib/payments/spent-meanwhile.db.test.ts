import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { commissionEvents } from "@/db/schema/partner-money";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { walletOf, whileHeld } from "@/lib/testing/held";
import { makePartner, type TestTenant } from "@/lib/testing/scopes";
import { brokenMoney, use } from "@/lib/wallet/testing";
import { refreshPayment, startTopup } from "./commands/topup";
import { books, click, intentIdOf, pay } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());
afterEach(async () => expect(await brokenMoney()).toEqual([]));

/** A partner's customer that bought credit for $25. */
async function bought(card = "pm_card_visa"): Promise<{ tenant: TestTenant; intentId: string }> {
  const { partnerId } = await makePartner();
  const tenant = await makePayer(partnerId);
  const payment = await startTopup(tenant.admin, click("25"));
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return { tenant, intentId: intentIdOf(payment) };
}

/** Hears of the double's events from a place on while $20 of the credit, $8 of it commission, is just being spent. */
const hearWhileSpent = (tenant: TestTenant, from: number) =>
  whileHeld(walletOf(tenant), [
    () => use(tenant.job, [{ cost: 20_000_000n, commission: 8_000_000n }]),
    () => deliver(double, eventIds(double, from)),
  ]);

async function lostBy({ tenantId }: TestTenant): Promise<string[]> {
  const rows = await asSystem("test", (tx) => tx.select().from(commissionEvents));
  return rows.filter((row) => row.tenantId === tenantId).map(({ kind, amount }) => `${kind} ${amount}`);
}

// PGlite has one connection.
describe.runIf(testServerUrl())("money that goes back while its credit is being spent", () => {
  it("is taken out of what is left then, where it was refunded at Stripe", async () => {
    const { tenant, intentId } = await bought();
    const { stripe } = await getStripe();
    const from = eventIds(double).length;
    await stripe.refunds.create({ payment_intent: intentId, amount: 1000 });
    await hearWhileSpent(tenant, from);
    expect(await books(tenant)).toMatchObject({
      balance: "-5.000000",
      lots: ["paid 0.000000"],
      refunds: ["succeeded 1000"],
    });
    expect(await lostBy(tenant)).toEqual(["topup_refunded -2.000000"]);
  });

  it("costs the partner the commission on all that was spent of it, where a bank took it at once", async () => {
    const { tenant, intentId } = await bought("pm_card_createDispute");
    const [dispute] = double.world.disputes.where((one) => one.payment_intent === intentId);
    await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
    await hearWhileSpent(tenant, eventIds(double).length - 1);
    expect(await books(tenant)).toMatchObject({ balance: "-20.000000", lots: ["paid 0.000000"] });
    expect(await lostBy(tenant)).toEqual(["dispute_lost -8.000000"]);
  });
});
