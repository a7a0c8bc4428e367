import "server-only";
import { isNull, sql } from "drizzle-orm";
import { asPlatform, asTenant } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
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

/** What a workspace can choose from: plans that are active and public. */
export async function listOffers(scope: TenantScope): Promise<Plan[]> {
  authorize(scope, "billing.read");
  return asTenant(scope, (tx) => readPlans(tx, { isActive: true, isPublic: true }));
}
