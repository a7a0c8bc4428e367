import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { checkLedger } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { payAtStripe } from "@/lib/payments/collect/testing";
import { collectThroughStripe } from "@/lib/payments/commands/collect-invoice";
import { getStripe } from "@/lib/stripe/client";
import { deliver, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { cancelPlan } from "./commands/cancel";
import { changePlan } from "./commands/change";
import { getSubscription, previewChange } from "./queries";
import { renewDue } from "./renew";
import { makePlan, planBooks } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
const DAY_MS = 86_400_000;
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

let platform: PlatformScope;
let starter: string;
let team: string;
let top: string;

beforeAll(async () => {
  platform = await makePlatform();
  starter = await makePlan(platform, "Starter", { dollars: 29n, allowance: "10" });
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
  top = await makePlan(platform, "Top", { dollars: 299n, allowance: "300" });
});
afterEach(async () => {
  expect((await checkLedger(platform)).filter((check) => check.count > 0)).toEqual([]);
});

const choose = (tenant: TestTenant, planId: string, dollars: bigint) =>
  changePlan(tenant.admin, {
    planId,
    cycle: "monthly",
    requestKey: newId(),
    shownCents: dollars * 100n,
  });

/** A workspace that chose a plan, whose first invoice is out at Stripe. */
async function collected(): Promise<{ tenant: TestTenant; stripeId: string }> {
  const tenant = await makePayer();
  await (await database()).pool.query(
    "update wallets set mode = 'prepaid', credit_limit = 0 where tenant_id = $1",
    [tenant.tenantId],
  );
  const { invoiceId } = await choose(tenant, starter, 29n);
  await collectThroughStripe(platform, { invoiceId: invoiceId ?? "" });
  const [made] = double.world.invoices.where((one) => one.metadata?.invoice_id === invoiceId);
  return { tenant, stripeId: made?.id ?? "" };
}

const atStripe = (stripeId: string) => double.world.invoices.where(({ id }) => id === stripeId)[0]?.status;

describe("a plan whose first invoice is out at Stripe", () => {
  it("can be chosen again: the first invoice is void, here and there, and another is made", async () => {
    const { tenant, stripeId } = await collected();
    expect(atStripe(stripeId)).toBe("open");
    const unpaid = (await getSubscription(tenant.admin)).unpaid?.number;
    const preview = await previewChange(tenant.admin, { planId: team, cycle: "monthly" });
    expect(preview).toMatchObject({ kind: "start", voids: unpaid });
    expect(await choose(tenant, team, 99n)).toMatchObject({ kind: "start", payment: "to_pay" });
    expect(atStripe(stripeId)).toBe("void");
    expect(await planBooks(tenant)).toMatchObject({
      status: "incomplete",
      invoices: ["subscription void 29.00: plan 2900", "subscription pending 99.00: plan 9900"],
    });
  });

  it("that was paid there meanwhile has begun, and is raised for the difference", async () => {
    const { tenant, stripeId } = await collected();
    await payAtStripe(double, stripeId);
    expect(await choose(tenant, team, 99n)).toMatchObject({ kind: "now" });
    const { invoices, status } = await planBooks(tenant);
    expect(status).toBe("active");
    expect(invoices[0]).toBe("subscription paid 29.00: plan 2900");
    expect(invoices[1]).toMatch(/^plan_change pending /);
  });

  it("is cancelled at once, and cannot be paid there any more", async () => {
    const { tenant, stripeId } = await collected();
    await cancelPlan(tenant.admin, { requestKey: newId() });
    expect(atStripe(stripeId)).toBe("void");
    expect(await planBooks(tenant)).toMatchObject({
      status: "cancelled",
      invoices: ["subscription void 29.00: plan 2900"],
    });
  });

  it("ends when its first month is over, and cannot be paid there any more", async () => {
    const { tenant, stripeId } = await collected();
    await renewDue(new Date(Date.now() + 32 * DAY_MS));
    expect(atStripe(stripeId)).toBe("void");
    expect(await planBooks(tenant)).toMatchObject({
      plan: "pay-as-you-go",
      invoices: ["subscription void 29.00: plan 2900"],
    });
  });

  it("stays out there when another press is refused", async () => {
    const { tenant, stripeId } = await collected();
    await expect(choose(tenant, team, 98n)).rejects.toMatchObject({ reason: "price_changed" });
    await expect(choose(tenant, newId(), 99n)).rejects.toMatchObject({ code: "not_found" });
    expect(atStripe(stripeId)).toBe("open");
  });
});

it("a raise that was given up at Stripe is owed: no further one, and nothing of the next month, until it is paid", async () => {
  const { tenant, stripeId } = await collected();
  await payAtStripe(double, stripeId);
  await deliver(double);
  const { invoiceId } = await choose(tenant, team, 99n);
  await collectThroughStripe(platform, { invoiceId: invoiceId ?? "" });
  const [raise] = double.world.invoices.where((one) => one.metadata?.invoice_id === invoiceId);
  await (await getStripe()).stripe.invoices.markUncollectible(raise?.id ?? "");
  await deliver(double);
  expect((await planBooks(tenant)).invoices[1]).toMatch(/^plan_change uncollectible /);
  expect((await getSubscription(tenant.admin)).unpaid).toMatchObject({ id: invoiceId });
  await expect(choose(tenant, top, 299n)).rejects.toMatchObject({ reason: "unpaid_plan" });
  await renewDue(new Date(Date.now() + 32 * DAY_MS));
  expect((await planBooks(tenant)).lots).toHaveLength(1);
  await payAtStripe(double, raise?.id ?? "");
  await deliver(double);
  expect((await getSubscription(tenant.admin)).unpaid).toBeNull();
  expect((await planBooks(tenant)).lots.some((lot) => lot.startsWith("80.000000"))).toBe(true);
});
