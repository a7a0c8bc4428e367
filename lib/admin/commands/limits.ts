import "server-only";
import { desc, eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { planLimits } from "@/db/schema/config";
import { subscriptions } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { SetPlanLimitsInput, SetTenantLimitsInput } from "../input";

/** Sets how much the tenants of a plan may run. It holds for the next start, and for what ends next. */
export async function setPlanLimits(
  scope: PlatformScope,
  { planName, ...limits }: SetPlanLimitsInput,
): Promise<{ planName: string }> {
  authorize(scope, "limit.update");
  await asPlatform(scope, async (tx) => {
    const [before] = await tx
      .select()
      .from(planLimits)
      .where(eq(planLimits.planName, planName))
      .for("update");
    await tx
      .insert(planLimits)
      .values({ planName, ...limits })
      .onConflictDoUpdate({ target: planLimits.planName, set: limits });
    await audit(tx, scope, {
      action: "plan.set_limits",
      targetType: "plan",
      targetId: planName,
      before: before ?? null,
      after: limits,
    });
  });
  return { planName };
}

/**
 * Sets what one tenant may run instead of what its plan says. @throws AppError `not_found` for a tenant without a
 * subscription
 */
export async function setTenantLimits(
  scope: PlatformScope,
  { tenantId, ...limits }: SetTenantLimitsInput,
): Promise<{ tenantId: string }> {
  authorize(scope, "limit.update");
  await asPlatform(scope, async (tx) => {
    const { maxRunning, maxQueued, startsPerMinute } = subscriptions;
    const [before] = await tx
      .select({ id: subscriptions.id, maxRunning, maxQueued, startsPerMinute })
      .from(subscriptions)
      .where(eq(subscriptions.tenantId, tenantId))
      .orderBy(desc(subscriptions.createdAt))
      .limit(1)
      .for("update");
    if (!before) throw new AppError("not_found", "This workspace has no subscription to set limits on.");
    const { id, ...was } = before;
    await tx.update(subscriptions).set(limits).where(eq(subscriptions.id, id));
    await audit(tx, scope, {
      action: "tenant.set_limits",
      targetType: "tenant",
      targetId: tenantId,
      tenantId,
      before: was,
      after: limits,
    });
  });
  return { tenantId };
}
