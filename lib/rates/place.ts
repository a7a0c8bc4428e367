import "server-only";
import { and, eq, isNull, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { RESOURCES } from "@/lib/metering/resources";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { allowanceFor, priceProblem, readAllowances } from "./allow";
import { type AnnouncedRise, requireNotice } from "./announce";
import type { SetPartnerRateInput, SetSystemRateInput } from "./input";
import { checkPartnerPrice, planRate } from "./schedule";
import { basePriceAt, lockThing, requirePlan } from "./store";

/**
 * Writes a base price in a transaction of the platform that has been authorized for it, audited; the price before it is
 * closed, never edited. The partners whose price it rises above are to be told by the caller (`tellPartners`).
 * @throws AppError `invalid` by field: the model is unknown, or the moment is in the past or too soon
 */
export async function placeSystemRate(
  tx: Tx,
  scope: PlatformScope,
  input: SetSystemRateInput,
  now: Date,
): Promise<{ id: string; announced: AnnouncedRise }> {
  const { unit, isPerModel } = RESOURCES[input.resourceType];
  const thing = { resourceType: input.resourceType, unit, modelKey: isPerModel ? input.modelKey : null };
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
    await tx.update(systemRates).set({ effectiveTo: plan.close.at }).where(eq(systemRates.id, plan.close.id));
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
  const replaced = existing.find((range) => range.id === plan.close?.id);
  await audit(tx, scope, {
    action: "rate.set",
    targetType: "system_rate",
    targetId: id,
    before: replaced ? { rate: replaced.rate } : null,
    after: { ...thing, rate, effectiveFrom: plan.from.toISOString() },
  });
  return { id, announced: { ...rise, rateId: id, partnerIds: told } };
}

/**
 * Writes a partner's own price in a transaction of the partner that has been authorized for it, audited.
 * @throws AppError `invalid` on `rate` (under the floor, or over twenty times the base price and what the platform allows) or `effectiveFrom`; `not_found`
 */
export async function placePartnerRate(
  tx: Tx,
  scope: PartnerScope,
  input: SetPartnerRateInput,
  now: Date,
): Promise<{ id: string }> {
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
  const floorMicros = microsFromNumeric(floor.rate);
  const allowances = await readAllowances(tx, scope.partnerId);
  const problem = priceProblem(allowances, { ...base, rateMicros: input.rate }, floorMicros);
  if (problem) throw fieldError("rate", problem);
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
    after: {
      ...base,
      rate,
      effectiveFrom: plan.from.toISOString(),
      ...(checkPartnerPrice(input.rate, floorMicros)
        ? { allowanceId: allowanceFor(allowances, base)?.id }
        : {}),
    },
  });
  return { id };
}
