import "server-only";
import { desc, eq, sql } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { planLimits } from "@/db/schema/config";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { readPlanNames } from "@/lib/plans/names";
import { DEFAULT_LIMITS, type RunLimits } from "@/lib/runs/limits";

export type PlanLimitsRow = RunLimits & {
  /** The plan's key. */
  readonly planName: string;
  /** What the plan is called. */
  readonly name: string;
  /** Whether somebody set them; otherwise they are the default. */
  readonly isSet: boolean;
  readonly tenants: number;
};

/** Every plan that a tenant has or that has limits, with what its tenants may run. */
export async function listPlanLimits(scope: PlatformScope): Promise<PlanLimitsRow[]> {
  authorize(scope, "limit.read");
  return asPlatform(scope, async (tx) => {
    const held = await tx
      .select({
        planName: subscriptions.planName,
        tenants: sql<number>`count(distinct ${subscriptions.tenantId})::int`,
      })
      .from(subscriptions)
      .groupBy(subscriptions.planName);
    const set = await tx.select().from(planLimits);
    const names = await readPlanNames(tx);
    const keys = [...new Set([...held, ...set].map((row) => row.planName))].sort();
    return keys.map((planName) => {
      const own = set.find((row) => row.planName === planName);
      return {
        planName,
        name: names[planName] ?? planName,
        isSet: own !== undefined,
        tenants: held.find((row) => row.planName === planName)?.tenants ?? 0,
        maxRunning: own?.maxRunning ?? DEFAULT_LIMITS.maxRunning,
        maxQueued: own?.maxQueued ?? DEFAULT_LIMITS.maxQueued,
        startsPerMinute: own ? own.startsPerMinute : DEFAULT_LIMITS.startsPerMinute,
      };
    });
  });
}

/** What one tenant may run instead of what its plan says; null where the plan decides. */
export type TenantLimits = {
  readonly maxRunning: number | null;
  readonly maxQueued: number | null;
  readonly startsPerMinute: number | null;
};

/** A tenant's own limits; null for a tenant without a subscription. */
export async function findTenantLimits(scope: PlatformScope, tenantId: string): Promise<TenantLimits | null> {
  authorize(scope, "limit.read");
  const { maxRunning, maxQueued, startsPerMinute } = subscriptions;
  const [row] = await asPlatform(scope, (tx) =>
    tx
      .select({ maxRunning, maxQueued, startsPerMinute })
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenantId))
      .orderBy(desc(subscriptions.createdAt))
      .limit(1),
  );
  return row ?? null;
}
