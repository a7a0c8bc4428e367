import "server-only";
import { and, eq, isNull } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { planPrices, plans } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { WithdrawPlanPriceInput } from "./input";

async function read(tx: Tx, priceId: string) {
  const [price] = await tx
    .select()
    .from(planPrices)
    .where(and(eq(planPrices.id, priceId), isNull(planPrices.withdrawnAt)));
  if (!price) throw new AppError("not_found", "This price does not exist.");
  return price;
}

/**
 * Takes a scheduled price of a plan back: the one before it holds until the next.
 * @throws AppError `not_found`; `conflict` (`in_force`) once it is in force
 */
export async function withdrawPlanPrice(
  scope: PlatformScope,
  { priceId }: WithdrawPlanPriceInput,
  now = new Date(),
): Promise<{ planId: string }> {
  authorize(scope, "plan.update");
  return asPlatform(scope, async (tx) => {
    const { planId } = await read(tx, priceId);
    // Prices of a plan are changed one at a time.
    const [plan] = await tx.select({ key: plans.key }).from(plans).where(eq(plans.id, planId)).for("update");
    const price = await read(tx, priceId);
    if (price.effectiveFrom <= now)
      throw new AppError("conflict", "This price is in force: fees were asked for by it. Set a new one.", {
        reason: "in_force",
      });
    await tx.update(planPrices).set({ withdrawnAt: now }).where(eq(planPrices.id, priceId));
    await tx
      .update(planPrices)
      .set({ effectiveTo: price.effectiveTo })
      .where(
        and(
          eq(planPrices.planId, planId),
          eq(planPrices.billingCycle, price.billingCycle),
          isNull(planPrices.withdrawnAt),
          eq(planPrices.effectiveTo, price.effectiveFrom),
        ),
      );
    await audit(tx, scope, {
      action: "plan.withdraw_price",
      targetType: "plan",
      targetId: planId,
      before: {
        plan: plan?.key,
        billingCycle: price.billingCycle,
        amountCents: String(price.amountCents),
        effectiveFrom: price.effectiveFrom.toISOString(),
      },
      after: null,
    });
    return { planId };
  });
}
