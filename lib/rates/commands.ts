import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import { asPartner, asPlatform } from "@/db/access";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { RESOURCES } from "@/lib/metering/resources";
import { formatMicros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { requireNotice, tellPartners } from "./announce";
import type { SetPartnerRateInput, SetSystemRateInput } from "./input";
import { checkPartnerPrice, MAX_MARKUP, planRate } from "./schedule";
import { basePriceAt, lockThing, requirePlan } from "./store";

/**
 * Sets a base price from a moment on, or schedules it. The price before it is closed, never edited.
 * A rise above a partner's price begins 30 days later at the earliest, and the partner is told.
 * @throws AppError `invalid` by field: the model is unknown, or the moment is in the past or too soon
 */
export async function setSystemRate(
  scope: PlatformScope,
  input: SetSystemRateInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "rate.update");
  const { unit, isPerModel } = RESOURCES[input.resourceType];
  const thing = { resourceType: input.resourceType, unit, modelKey: isPerModel ? input.modelKey : null };
  return asPlatform(scope, async (tx) => {
    await lockThing(tx, "system", thing);
    if (thing.modelKey) {
      const [model] = await tx
        .select({ id: aiModels.id })
        .from(aiModels)
        .where(eq(aiModels.modelKey, thing.modelKey));
      if (!model) throw fieldError("modelKey", "There is no model with this key.");
    }
    const existing = await tx
      .select({
        id: systemRates.id,
        from: systemRates.effectiveFrom,
        to: systemRates.effectiveTo,
        rate: systemRates.rate,
      })
      .from(systemRates)
      .where(
        and(
          eq(systemRates.resourceType, thing.resourceType),
          eq(systemRates.unit, thing.unit),
          eq(systemRates.isActive, true),
          thing.modelKey ? eq(systemRates.modelKey, thing.modelKey) : isNull(systemRates.modelKey),
        ),
      );
    const plan = requirePlan(planRate(existing, input.effectiveFrom ?? now, now));
    const before = await basePriceAt(tx, thing, plan.from);
    const current = before ? microsFromNumeric(before.rate) : null;
    const rise = { thing, rate: input.rate, from: plan.from };
    const told = await requireNotice(tx, { ...rise, current }, now);
    if (plan.close) {
      await tx
        .update(systemRates)
        .set({ effectiveTo: plan.close.at })
        .where(eq(systemRates.id, plan.close.id));
    }
    const id = newId();
    const rate = microsToNumeric(input.rate);
    await tx.insert(systemRates).values({
      id,
      ...thing,
      rate,
      description: input.description,
      effectiveFrom: plan.from,
      effectiveTo: plan.to,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    await tellPartners(tx, told, { ...rise, rateId: id });
    const replaced = existing.find((range) => range.id === plan.close?.id);
    await audit(tx, scope, {
      action: "rate.set",
      targetType: "system_rate",
      targetId: id,
      before: replaced ? { rate: replaced.rate } : null,
      after: { ...thing, rate, effectiveFrom: plan.from.toISOString() },
    });
    return { id };
  });
}

/**
 * Sets a partner's own price for what a base rate prices, from a moment on. Never below the base price in force then.
 * @throws AppError `invalid` on `rate` (under the floor, or over twenty times the base price) or `effectiveFrom`; `not_found`
 */
export async function setPartnerRate(
  scope: PartnerScope,
  input: SetPartnerRateInput,
  now = new Date(),
): Promise<{ id: string }> {
  authorize(scope, "price_book.update");
  return asPartner(scope, async (tx) => {
    const [base] = await tx
      .select({
        resourceType: systemRates.resourceType,
        unit: systemRates.unit,
        modelKey: systemRates.modelKey,
      })
      .from(systemRates)
      .where(eq(systemRates.id, input.systemRateId));
    if (!base) throw new AppError("not_found", "This base price does not exist.");
    await lockThing(tx, scope.partnerId, base);
    const from = input.effectiveFrom ?? now;
    const floor = await basePriceAt(tx, base, from);
    if (!floor)
      throw new AppError("precondition", "There is no base price at that moment.", {
        reason: "rate_missing",
      });
    requireFairPrice(input.rate, microsFromNumeric(floor.rate));
    const existing = await tx
      .select({
        id: partnerRates.id,
        from: partnerRates.effectiveFrom,
        to: partnerRates.effectiveTo,
        rate: partnerRates.rate,
      })
      .from(partnerRates)
      .where(
        and(
          eq(partnerRates.partnerId, scope.partnerId),
          eq(partnerRates.resourceType, base.resourceType),
          eq(partnerRates.unit, base.unit),
          eq(partnerRates.isActive, true),
          sql`${partnerRates.modelKey} is not distinct from ${base.modelKey}`,
        ),
      );
    const plan = requirePlan(planRate(existing, from, now));
    if (plan.close) {
      await tx
        .update(partnerRates)
        .set({ effectiveTo: plan.close.at })
        .where(eq(partnerRates.id, plan.close.id));
    }
    const id = newId();
    const rate = microsToNumeric(input.rate);
    await tx.insert(partnerRates).values({
      id,
      partnerId: scope.partnerId,
      systemRateId: floor.id,
      ...base,
      rate,
      effectiveFrom: plan.from,
      effectiveTo: plan.to,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    const replaced = existing.find((range) => range.id === plan.close?.id);
    await audit(tx, scope, {
      action: "price_book.set",
      targetType: "partner_rate",
      targetId: id,
      before: replaced ? { rate: replaced.rate } : null,
      after: { ...base, rate, effectiveFrom: plan.from.toISOString() },
    });
    return { id };
  });
}

function requireFairPrice(price: bigint, floor: bigint): void {
  const problem = checkPartnerPrice(price, floor);
  if (problem === "below_floor") {
    throw fieldError(
      "rate",
      `Your price cannot be below the base price of ${formatMicros(floor, { exact: true })}.`,
    );
  }
  if (problem === "too_high") {
    throw fieldError(
      "rate",
      `This is more than ${MAX_MARKUP} times the base price of ${formatMicros(floor, { exact: true })}. Ask the platform to allow it.`,
    );
  }
}
