import { beforeAll, describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { createWorkspace } from "@/lib/accounts/workspace";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { createPlan, setPlanPrice, updatePlan } from "./commands";
import { createPlanInput, updatePlanInput } from "./input";
import { priceAt } from "./prices";
import { listOffers, listPlans } from "./queries";

withTestDatabase();

let platform: PlatformScope;
const DAY_MS = 86_400_000;

const planOf = (given: Record<string, unknown> = {}) =>
  createPlanInput.parse({
    key: `plan-${newId().slice(-12)}`,
    name: "Team",
    allowance: "20",
    trialDays: "0",
    trialAllowance: "0",
    position: "5",
    isPublic: true,
    ...given,
  });

const query = async (text: string, values: unknown[] = []) =>
  (await (await database()).pool.query(text, values)).rows;

beforeAll(async () => {
  platform = await makePlatform();
});

describe("plans", () => {
  it("that another tab changed are not saved over", async () => {
    const { planId } = await createPlan(platform, planOf());
    const read = async () => (await listPlans(platform)).find((plan) => plan.id === planId);
    const opened = (await read())?.updatedAt.toISOString();
    const fields = { name: "Team", trialDays: "0", trialAllowance: "0", position: "5", isPublic: true };
    const save = (allowance: string) =>
      updatePlan(platform, updatePlanInput.parse({ ...fields, planId, updatedAt: opened, allowance }));
    await save("30");
    await expect(save("25")).rejects.toMatchObject({ code: "conflict", reason: "stale_plan" });
    expect(await read()).toMatchObject({ allowanceMicros: 30_000_000n });
  });

  it("are made once by their key, and changed without losing what they cost", async () => {
    const input = planOf();
    const { planId } = await createPlan(platform, input);
    await expect(createPlan(platform, input)).rejects.toMatchObject({
      code: "conflict",
      fields: { key: ["There is a plan with this key."] },
    });
    const { key: _key, ...fields } = input;
    await updatePlan(platform, { ...fields, planId, name: "Crew", isActive: false });
    const [plan] = (await listPlans(platform)).filter((one) => one.id === planId);
    expect(plan).toMatchObject({
      name: "Crew",
      isActive: false,
      allowanceMicros: 20_000_000n,
      workspaces: 0,
    });
    const { admin } = await makeTenant();
    expect((await listOffers(admin)).map((one) => one.id)).not.toContain(planId);
    const [entry] = await query(
      "select before, after from audit_log where action = 'plan.update' and target_id = $1",
      [planId],
    );
    expect(entry).toEqual({
      before: { name: "Team", isActive: true },
      after: { name: "Crew", isActive: false },
    });
    await expect(updatePlan(platform, { ...fields, planId: newId(), isActive: true })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("get a new price beside the old one, now or from a moment to come, never over each other", async () => {
    const { planId } = await createPlan(platform, planOf());
    const now = new Date();
    const set = (amount: bigint, effectiveFrom: Date | null) =>
      setPlanPrice(
        platform,
        { planId, billingCycle: "monthly", amount, effectiveFrom, currency: "USD" },
        now,
      );
    const soon = new Date(now.getTime() + 30 * DAY_MS);
    await set(2900n, null);
    await set(3900n, soon);
    // Between the two: it ends where the announced one begins.
    await set(3400n, new Date(now.getTime() + 10 * DAY_MS));
    await expect(set(1n, soon)).rejects.toMatchObject({
      code: "conflict",
      fields: { effectiveFrom: ["Another price begins at exactly this moment."] },
    });
    await expect(set(1n, new Date(now.getTime() - DAY_MS))).rejects.toMatchObject({
      code: "invalid",
      fields: { effectiveFrom: [expect.stringContaining("in the past")] },
    });
    const [plan] = (await listPlans(platform)).filter((one) => one.id === planId);
    const costs = [0, 9, 10, 29, 30, 400].map(
      (days) => priceAt(plan?.prices ?? [], "monthly", new Date(now.getTime() + days * DAY_MS))?.amountCents,
    );
    expect(costs).toEqual([2900n, 2900n, 3400n, 3400n, 3900n, 3900n]);
    expect(priceAt(plan?.prices ?? [], "annual", now)).toBeNull();
  });

  it("keep one price a moment when two admins set it at once", async () => {
    const { planId } = await createPlan(platform, planOf());
    const from = new Date(Date.now() + DAY_MS);
    const tries = await Promise.allSettled(
      [1n, 2n, 3n].map((amount) =>
        setPlanPrice(platform, {
          planId,
          billingCycle: "annual",
          amount,
          effectiveFrom: from,
          currency: "USD",
        }),
      ),
    );
    expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    const rows = await query("select id from plan_prices where plan_id = $1", [planId]);
    expect(rows).toHaveLength(1);
  });

  it("decide what a new workspace may try: the first that has a trial", async () => {
    const make = (tx: Parameters<Parameters<typeof asSystem>[1]>[0]) => createWorkspace(tx, { name: "New" });
    const before = await asSystem("test", make);
    const later = planOf({ position: "9", trialDays: "7", trialAllowance: "3" });
    const first = planOf({ position: "8", trialDays: "30", trialAllowance: "0" });
    await createPlan(platform, later);
    await createPlan(platform, first);
    const after = await asSystem("test", make);
    const rows = await asSystem("test", (tx) =>
      tx
        .select({ id: subscriptions.tenantId, plan: subscriptions.planName, ends: subscriptions.trialEndsAt })
        .from(subscriptions),
    );
    const daysOf = (id: string) => {
      const row = rows.find((one) => one.id === id);
      return [row?.plan, Math.round(((row?.ends?.getTime() ?? 0) - Date.now()) / DAY_MS)];
    };
    expect(daysOf(before)).toEqual(["trial", 14]);
    expect(daysOf(after)).toEqual([first.key, 30]);
    const lots = await query("select tenant_id, amount from credit_lots where key = 'trial'");
    expect(lots).toEqual([{ tenant_id: before, amount: "25.000000" }]);
  });
});
