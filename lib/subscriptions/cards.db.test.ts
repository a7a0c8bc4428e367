import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { createWorkspace } from "@/lib/accounts/workspace";
import { checkLedger } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { saveCard } from "@/lib/payments/testing";
import { createPlan } from "@/lib/plans/commands";
import { createPlanInput } from "@/lib/plans/input";
import { deliver, eventIds, makePayer } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { changePlan } from "./commands/change";
import { getSubscription } from "./queries";
import { renewDue } from "./renew";
import { makePlan, planBooks } from "./testing";

const double = await vi.hoisted(async () => (await import("@/lib/stripe/double-testing")).startTestStripe());

withTestDatabase();
afterAll(() => double.close());
beforeEach(() => double.api.orders.reset());

let platform: PlatformScope;
let team: string;

beforeAll(async () => {
  platform = await makePlatform();
  team = await makePlan(platform, "Team", { dollars: 99n, allowance: "80" });
});

async function prepaidPayer(): Promise<TestTenant> {
  const tenant = await makePayer();
  await (await database()).pool.query(
    "update wallets set mode = 'prepaid', credit_limit = 0 where tenant_id = $1",
    [tenant.tenantId],
  );
  return tenant;
}

const choose = (tenant: TestTenant, requestKey = newId()) =>
  changePlan(tenant.admin, { planId: team, cycle: "monthly", requestKey, shownCents: 9_900n });

describe("a plan that is paid by card", () => {
  it("is charged to the saved card at once, once, and holds with what it includes", async () => {
    const tenant = await prepaidPayer();
    await saveCard(double, tenant, "pm_card_visa");
    const from = eventIds(double).length;
    const key = newId();
    const [first, second] = await Promise.all([choose(tenant, key), choose(tenant, key)]);
    expect(new Set([first.invoiceId, second.invoiceId]).size).toBe(1);
    await deliver(double, eventIds(double, from));
    await deliver(double, eventIds(double, from));
    expect(await planBooks(tenant)).toMatchObject({
      status: "active",
      allowance: "80.000000",
      invoices: ["subscription paid 99.00: plan 9900"],
    });
    const charges = await (await database()).pool.query(
      "select status from payments where tenant_id = $1 and status = 'succeeded'",
      [tenant.tenantId],
    );
    expect(charges.rows).toHaveLength(1);
    expect((await checkLedger(platform)).filter((check) => check.count > 0)).toEqual([]);
  });

  it("waits for its payment where the card is declined, or there is none", async () => {
    const declined = await prepaidPayer();
    await saveCard(double, declined, "pm_card_chargeCustomerFail");
    expect(await choose(declined)).toMatchObject({ kind: "start", payment: "to_pay" });
    const without = await prepaidPayer();
    expect(await choose(without)).toMatchObject({ kind: "start", payment: "to_pay" });
    expect(await planBooks(without)).toMatchObject({ status: "incomplete", allowance: "0.000000" });
    expect((await getSubscription(without.admin)).unpaid?.number).toMatch(/^HB-/);
  });
});

describe("a trial", () => {
  it("ends by itself, its credit too, and leaves a workspace that pays as it goes", async () => {
    await createPlan(
      platform,
      createPlanInput.parse({
        key: `tried-${newId().slice(-12)}`,
        name: "Tried",
        allowance: "0",
        trialDays: "7",
        trialAllowance: "5",
        position: "0",
        isPublic: true,
      }),
    );
    const tenantId = await asSystem("test", (tx) => createWorkspace(tx, { name: "New" }));
    const payer = await makePayer();
    const scope = { ...payer.admin, tenantId };
    expect(await getSubscription(scope)).toMatchObject({
      state: "trial",
      plan: { name: "Tried" },
      next: null,
    });
    shiftClock(7 * 86_400_000 - 60_000);
    expect(await renewDue(new Date(Date.now() + 7 * 86_400_000 - 60_000))).toBe(0);
    shiftClock(7 * 86_400_000 + 60_000);
    expect(await renewDue(new Date(Date.now() + 7 * 86_400_000 + 60_000))).toBe(1);
    expect(await getSubscription(scope)).toMatchObject({ state: "none", plan: null, trialEndsAt: null });
    shiftClock(0);
  });
});
