import "server-only";
import { isNull, sql } from "drizzle-orm";
import { asPlatform, asTenant } from "@/db/access";
import { planLimits } from "@/db/schema/config";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { readPlanNames } from "./names";
import { type Plan, readPlans } from "./store";

export type PlanRow = Plan & {
  /** Workspaces that have it, those that try it included. */
  workspaces: number;
};

/** Every plan, with all of its prices and how many have it. */
export async function listPlans(scope: PlatformScope): Promise<PlanRow[]> {
  authorize(scope, "plan.read");
  return asPlatform(scope, async (tx) => {
    const held = await tx
      .select({ key: subscriptions.planName, count: sql<number>`count(*)::int` })
      .from(subscriptions)
      .where(isNull(subscriptions.endedAt))
      .groupBy(subscriptions.planName);
    const found = await readPlans(tx);
    return found.map((plan) => ({
      ...plan,
      workspaces: held.find((row) => row.key === plan.key)?.count ?? 0,
    }));
  });
}

/** One plan with all of its prices; null when there is none. */
export async function findPlanRow(scope: PlatformScope, planId: string): Promise<Plan | null> {
  authorize(scope, "plan.read");
  if (!isId(planId)) return null;
  const [plan] = await asPlatform(scope, (tx) => readPlans(tx, { id: planId }));
  return plan ?? null;
}

export type OfferedPlan = Plan & {
  /** How much may run at once; null where the default holds. */
  maxRunning: number | null;
};

/** What a workspace can choose from: plans that are active and public. */
export async function listOffers(scope: TenantScope): Promise<OfferedPlan[]> {
  authorize(scope, "billing.read");
  return asTenant(scope, async (tx) => {
    const limits = await tx
      .select({ planName: planLimits.planName, maxRunning: planLimits.maxRunning })
      .from(planLimits);
    const found = await readPlans(tx, { isActive: true, isPublic: true });
    return found.map((plan) => ({
      ...plan,
      maxRunning: limits.find((row) => row.planName === plan.key)?.maxRunning ?? null,
    }));
  });
}

/** What plans are called, by their keys: those that are not sold any more too. */
export async function listPlanNames(scope: TenantScope): Promise<Record<string, string>> {
  authorize(scope, "billing.read");
  return asTenant(scope, readPlanNames);
}
