import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { newId } from "@/lib/ids";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { hold } from "@/lib/wallet/money-gatherer";
import { readWallet } from "@/lib/wallet/store";
import { brokenMoney, prepaidTenant, use } from "@/lib/wallet/testing";
import { refundTopup } from "./commands/refund";
import { refreshPayment, startTopup } from "./commands/topup";
import { refundTopupInput } from "./refund-input";
import { books, click, intentIdOf, pay, topupsOf } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());
afterEach(async () => expect(await brokenMoney()).toEqual([]));

async function prepaidPayer(): Promise<TestTenant> {
  const tenant = await prepaidTenant();
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "trial", status: "trialing" }),
  );
  return tenant;
}

/** Buys credit for $25. */
async function buy(
  tenant: TestTenant,
  card = "pm_card_visa",
): Promise<{ topupId: string; intentId: string }> {
  const payment = await startTopup(tenant.admin, click("25"));
  await pay(payment, card);
  await refreshPayment(tenant.admin, { paymentId: payment.paymentId });
  return { topupId: (await topupsOf(tenant)).at(-1) ?? "", intentId: intentIdOf(payment) };
}

const giveBack = async (topupId: string, amount: string) =>
  refundTopup(
    await makePlatform(),
    refundTopupInput.parse({ topupId, amount, reason: "They asked for it.", requestKey: newId() }),
  );

const setAside = (tenant: TestTenant, key: string, dollars: bigint) =>
  asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key }, dollars * 1_000_000n));

describe("bought credit", () => {
  it("is not given back while it stands for a debt", async () => {
    const tenant = await prepaidPayer();
    const from = eventIds(double).length;
    const first = await buy(tenant, "pm_card_createDispute");
    await use(tenant.job, [{ cost: 20_000_000n }]);
    const [dispute] = double.world.disputes.where((one) => one.payment_intent === first.intentId);
    await (await getStripe()).stripe.disputes.close(dispute?.id ?? "");
    await deliver(double, eventIds(double, from));
    expect(await books(tenant)).toMatchObject({ balance: "-20.000000" });
    const second = await buy(tenant);
    await expect(giveBack(second.topupId, "5.01")).rejects.toMatchObject({
      code: "invalid",
      fields: { amount: expect.anything() },
    });
    await giveBack(second.topupId, "5");
    expect(await books(tenant)).toMatchObject({ balance: "0.000000", refunds: ["succeeded 500"] });
  });

  it("is not given back while work under way may need it", async () => {
    const tenant = await prepaidPayer();
    const { topupId } = await buy(tenant);
    await setAside(tenant, "step", 20n);
    const more = giveBack(topupId, "5.01");
    await expect(more).rejects.toMatchObject({
      fields: { amount: [expect.stringMatching(/^\$5\.00 .* set aside/)] },
    });
    await giveBack(topupId, "5");
    await use(tenant.job, [{ cost: 20_000_000n }], { holdKey: "step" });
    expect(await books(tenant)).toMatchObject({ balance: "0.000000", refunds: ["succeeded 500"] });
  });

  it("is either given back or set aside, never both, whoever comes first", async () => {
    const tenant = await prepaidPayer();
    const { topupId } = await buy(tenant);
    const ends = await Promise.allSettled([
      ...[1, 2, 3].map((n) => setAside(tenant, `step-${n}`, 5n)),
      ...[1, 2].map(() => giveBack(topupId, "10")),
      ...[4, 5, 6].map((n) => setAside(tenant, `step-${n}`, 5n)),
    ]);
    const wallet = await asSystem("test", (tx) => readWallet(tx, tenant.tenantId));
    const { balance = 0n, held = 0n } = wallet ?? {};
    expect(balance - held).toBeGreaterThanOrEqual(0n);
    const back = ends.slice(3, 5).filter(({ status }) => status === "fulfilled").length;
    expect(balance).toBe(25_000_000n - BigInt(back) * 10_000_000n);
  });
});
