import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { asPlatform, isUniqueViolation } from "@/db/access";
import { planPrices, plans } from "@/db/schema/plans";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { centsToMicros, microsToNumeric } from "@/lib/money";
import { planRate } from "@/lib/rates/schedule";
import { assertUnchanged } from "@/lib/seen";
import type { CreatePlanInput, SetPlanPriceInput, UpdatePlanInput } from "./input";

function valuesOf(input: Omit<CreatePlanInput, "key">) {
  return {
    name: input.name,
    description: input.description,
    allowance: microsToNumeric(centsToMicros(input.allowance)),
    trialDays: input.trialDays,
    trialAllowance: microsToNumeric(centsToMicros(input.trialAllowance)),
    position: input.position,
    isPublic: input.isPublic,
  };
}

/**
 * Makes a plan. It is sold once it has a price and is public.
 * @throws AppError `conflict` on `key` when there is a plan with it
 */
export async function createPlan(scope: PlatformScope, input: CreatePlanInput): Promise<{ planId: string }> {
  authorize(scope, "plan.update");
  const planId = newId();
  try {
    await asPlatform(scope, async (tx) => {
      const values = valuesOf(input);
      await tx.insert(plans).values({ id: planId, key: input.key, ...values });
      await audit(tx, scope, {
        action: "plan.create",
        targetType: "plan",
        targetId: planId,
        after: { key: input.key, ...values },
      });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError("conflict", "There is a plan with this key.", {
      fields: { key: ["There is a plan with this key."] },
    });
  }
  return { planId };
}

/**
 * Changes what a plan is called, includes and offers. Who has it gets the new allowance with the next period; one that is
 * no longer active stays with those who have it.
 * @throws AppError `not_found`; `conflict` when it was changed after `updatedAt`
 */
export async function updatePlan(
  scope: PlatformScope,
  { planId, updatedAt, isActive, ...input }: UpdatePlanInput,
): Promise<{ planId: string }> {
  authorize(scope, "plan.update");
  await asPlatform(scope, async (tx) => {
    const [before] = await tx.select().from(plans).where(eq(plans.id, planId)).for("update");
    if (!before) throw new AppError("not_found", "This plan does not exist.");
    assertUnchanged("plan", before.updatedAt, updatedAt);
    const values = { ...valuesOf(input), isActive };
    await tx
      .update(plans)
      .set({ ...values, updatedAt: sql`now()` })
      .where(eq(plans.id, planId));
    const changed = Object.entries(values).filter(
      ([name, value]) => before[name as keyof typeof before] !== value,
    );
    await audit(tx, scope, {
      action: "plan.update",
      targetType: "plan",
      targetId: planId,
      before: Object.fromEntries(changed.map(([name]) => [name, before[name as keyof typeof before]])),
      after: Object.fromEntries(changed),
    });
  });
  return { planId };
}

/**
 * Sets what a plan costs a cycle from a moment on, or schedules it. The price before it is closed, never edited; who has
 * the plan pays the new one from the next time its fee is due.
 * @throws AppError `not_found`; `invalid` on `effectiveFrom` (in the past); `conflict` where another price begins then
 */
export async function setPlanPrice(
  scope: PlatformScope,
  input: SetPlanPriceInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "plan.update");
  return asPlatform(scope, async (tx) => {
    // Prices of a plan are changed one at a time.
    const [plan] = await tx
      .select({ key: plans.key })
      .from(plans)
      .where(eq(plans.id, input.planId))
      .for("update");
    if (!plan) throw new AppError("not_found", "This plan does not exist.");
    const existing = await tx
      .select({
        id: planPrices.id,
        from: planPrices.effectiveFrom,
        to: planPrices.effectiveTo,
        cents: planPrices.amountCents,
      })
      .from(planPrices)
      .where(
        and(
          eq(planPrices.planId, input.planId),
          eq(planPrices.billingCycle, input.billingCycle),
          isNull(planPrices.withdrawnAt),
        ),
      );
    const fit = planRate(existing, input.effectiveFrom ?? now, now);
    if (!fit.ok) {
      if (fit.reason === "in_the_past")
        throw fieldError(
          "effectiveFrom",
          "A price cannot begin in the past: what was due is already asked for.",
        );
      throw new AppError("conflict", "Another price begins at exactly this moment.", {
        fields: { effectiveFrom: ["Another price begins at exactly this moment."] },
      });
    }
    if (fit.close)
      await tx.update(planPrices).set({ effectiveTo: fit.close.at }).where(eq(planPrices.id, fit.close.id));
    const id = newId();
    await tx.insert(planPrices).values({
      id,
      planId: input.planId,
      billingCycle: input.billingCycle,
      amountCents: input.amount,
      effectiveFrom: fit.from,
      effectiveTo: fit.to,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    const replaced = existing.find((range) => range.id === fit.close?.id);
    await audit(tx, scope, {
      action: "plan.set_price",
      targetType: "plan",
      targetId: input.planId,
      before: replaced ? { amountCents: String(replaced.cents) } : null,
      after: {
        plan: plan.key,
        billingCycle: input.billingCycle,
        amountCents: String(input.amount),
        effectiveFrom: fit.from.toISOString(),
      },
    });
    return { id };
  });
}
