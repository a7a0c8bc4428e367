import "server-only";
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { partners } from "@/db/schema/auth";
import { priceAllowances, systemRates } from "@/db/schema/billing";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { isSameThing, type PricedThing } from "@/lib/metering/pricing";
import { formatMicros, type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import type { AllowPriceInput, RevokeAllowanceInput } from "./input";
import { MAX_MARKUP, partnerPriceProblem } from "./schedule";
import { lockThing } from "./store";

/**
 * Lets a partner ask more than twenty times a base price, up to a price, with a reason that the partner reads. It takes
 * the place of what was allowed before. The floor stays.
 * @throws AppError `not_found`; `invalid` on `maxRate` where the usual limit allows it anyway
 */
export async function allowPartnerPrice(
  scope: PlatformScope,
  { partnerId, systemRateId, maxRate, reason }: AllowPriceInput,
): Promise<{ id: string }> {
  authorize(scope, "price_book.allow");
  return asPlatform(scope, async (tx) => {
    const [partner] = await tx.select({ id: partners.id }).from(partners).where(eq(partners.id, partnerId));
    if (!partner) throw new AppError("not_found", "This partner does not exist.");
    const [base] = await tx
      .select({
        resourceType: systemRates.resourceType,
        unit: systemRates.unit,
        modelKey: systemRates.modelKey,
        rate: systemRates.rate,
      })
      .from(systemRates)
      .where(and(eq(systemRates.id, systemRateId), eq(systemRates.isActive, true)));
    if (!base) throw new AppError("not_found", "This base price does not exist.");
    const { rate, ...thing } = base;
    const usual = microsFromNumeric(rate) * MAX_MARKUP;
    if (maxRate <= usual)
      throw fieldError("maxRate", `Up to ${formatMicros(usual, { exact: true })} needs no allowance.`);
    await lockThing(tx, partnerId, thing);
    const before = allowanceFor(await readAllowances(tx, partnerId), thing);
    if (before)
      await tx
        .update(priceAllowances)
        .set({ revokedAt: sql`now()` })
        .where(eq(priceAllowances.id, before.id));
    const id = newId();
    await tx.insert(priceAllowances).values({
      id,
      partnerId,
      ...thing,
      maxRate: microsToNumeric(maxRate),
      reason,
      createdBy: scope.actor.kind === "user" ? scope.actor.userId : null,
    });
    await audit(tx, scope, {
      action: "price_book.allow",
      targetType: "price_allowance",
      targetId: id,
      partnerId,
      reason,
      before: before ? { maxRate: before.maxRate } : null,
      after: { ...thing, maxRate: microsToNumeric(maxRate) },
    });
    return { id };
  });
}

/** Takes an allowance back: prices that were set by it stay, new ones keep to the usual limit. @throws AppError `not_found` */
export async function revokeAllowance(
  scope: PlatformScope,
  { allowanceId }: RevokeAllowanceInput,
): Promise<{ id: string }> {
  authorize(scope, "price_book.allow");
  await asPlatform(scope, async (tx) => {
    const [revoked] = await tx
      .update(priceAllowances)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(priceAllowances.id, allowanceId), isNull(priceAllowances.revokedAt)))
      .returning();
    if (!revoked) {
      const [known] = await tx
        .select({ id: priceAllowances.id })
        .from(priceAllowances)
        .where(eq(priceAllowances.id, allowanceId));
      if (!known) throw new AppError("not_found", "This allowance does not exist.");
      return;
    }
    await audit(tx, scope, {
      action: "price_book.disallow",
      targetType: "price_allowance",
      targetId: allowanceId,
      partnerId: revoked.partnerId,
      before: { resourceType: revoked.resourceType, modelKey: revoked.modelKey, maxRate: revoked.maxRate },
      after: null,
    });
  });
  return { id: allowanceId };
}

export type Allowance = {
  id: string;
  resourceType: string;
  modelKey: string | null;
  unit: string;
  maxRate: string;
  reason: string;
  createdAt: Date;
};

const SHOWN = {
  id: priceAllowances.id,
  resourceType: priceAllowances.resourceType,
  modelKey: priceAllowances.modelKey,
  unit: priceAllowances.unit,
  maxRate: priceAllowances.maxRate,
  reason: priceAllowances.reason,
  createdAt: priceAllowances.createdAt,
} as const;

/** What a partner may ask beyond the usual limit, the newest first. */
export function readAllowances(tx: Tx, partnerId: string): Promise<Allowance[]> {
  return tx
    .select(SHOWN)
    .from(priceAllowances)
    .where(and(eq(priceAllowances.partnerId, partnerId), isNull(priceAllowances.revokedAt)))
    .orderBy(desc(priceAllowances.id));
}

/** The same, for an admin. */
export async function listAllowances(scope: PlatformScope, partnerId: string): Promise<Allowance[]> {
  authorize(scope, "partner.read");
  return asPlatform(scope, (tx) => readAllowances(tx, partnerId));
}

/** What a partner may ask for a thing beyond the usual limit; null where that holds. */
export function allowanceFor(allowances: readonly Allowance[], thing: PricedThing): Allowance | null {
  return allowances.find((one) => isSameThing(one, thing)) ?? null;
}

/**
 * Why a partner may not ask a price of its customers, in a sentence for it; null when it may.
 * @param base the base price of the thing
 */
export function priceProblem(
  allowances: readonly Allowance[],
  { rateMicros, ...thing }: PricedThing & { readonly rateMicros: Micros },
  base: Micros,
): string | null {
  const allowed = allowanceFor(allowances, thing);
  return partnerPriceProblem(rateMicros, base, allowed && microsFromNumeric(allowed.maxRate));
}
