import type { PlatformScope } from "@/db/scope";
import { setPlanLimits } from "@/lib/admin/commands/limits";
import { createPlan, setPlanPrice } from "@/lib/plans/commands";
import { createPlanInput, setPlanPriceInput } from "@/lib/plans/input";

/** Key, name, what it is for, included a month, prices of a month and a year; the second is what new workspaces try. */
const PLANS = [
  {
    key: "starter",
    name: "Starter",
    description: "For one team that tries out where agents help.",
    allowance: "20",
    prices: { monthly: "29", annual: "290" },
    limits: { maxRunning: 5, maxQueued: 1_000, startsPerMinute: null },
  },
  {
    key: "team",
    name: "Team",
    description: "For work that runs every day.",
    allowance: "80",
    trialDays: "14",
    trialAllowance: "25",
    prices: { monthly: "99", annual: "990" },
    limits: { maxRunning: 20, maxQueued: 10_000, startsPerMinute: null },
  },
  {
    key: "scale",
    name: "Scale",
    description: "For several departments, with room for peaks.",
    allowance: "350",
    prices: { monthly: "399", annual: "3990" },
    limits: { maxRunning: 100, maxQueued: 100_000, startsPerMinute: null },
  },
] as const;

/** Plans with the prices in force since `since`. */
export async function seedPlans(scope: PlatformScope, since: Date): Promise<void> {
  for (const [position, { prices, limits, ...plan }] of PLANS.entries()) {
    const { planId } = await createPlan(
      scope,
      createPlanInput.parse({
        trialDays: "0",
        trialAllowance: "0",
        ...plan,
        position: String(position + 1),
        isPublic: true,
      }),
    );
    await setPlanLimits(scope, { planName: plan.key, ...limits });
    for (const [billingCycle, amount] of Object.entries(prices)) {
      const price = setPlanPriceInput.parse({ planId, billingCycle, amount });
      await setPlanPrice(scope, { ...price, effectiveFrom: since }, since);
    }
  }
}
