import "server-only";
import { and, asc, desc, eq, gt, isNull, or, sql } from "drizzle-orm";
import { asPartner, asPlatform } from "@/db/access";
import { partnerRates, systemRates } from "@/db/schema/billing";
import type { PartnerScope, PlatformScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isSameThing, type PricedThing, tenantRate } from "@/lib/metering/pricing";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { allowanceFor, readAllowances } from "./allow";

export type SystemRateView = {
  id: string;
  resourceType: string;
  unit: string;
  modelKey: string | null;
  rate: string;
  description: string | null;
  effectiveFrom: Date;
  effectiveTo: Date | null;
};

const BASE = {
  id: systemRates.id,
  resourceType: systemRates.resourceType,
  unit: systemRates.unit,
  modelKey: systemRates.modelKey,
  rate: systemRates.rate,
  description: systemRates.description,
  effectiveFrom: systemRates.effectiveFrom,
  effectiveTo: systemRates.effectiveTo,
} as const;

const notOver = or(isNull(systemRates.effectiveTo), gt(systemRates.effectiveTo, sql`now()`));

/** Every base price: those in force and scheduled, and with `history` those that are over too. */
export async function listSystemRates(
  scope: PlatformScope,
  options: { history?: boolean } = {},
): Promise<SystemRateView[]> {
  authorize(scope, "rate.read");
  return asPlatform(scope, (tx) =>
    tx
      .select(BASE)
      .from(systemRates)
      .where(and(eq(systemRates.isActive, true), options.history ? undefined : notOver))
      .orderBy(
        asc(systemRates.resourceType),
        sql`${systemRates.modelKey} nulls first`,
        desc(systemRates.effectiveFrom),
      ),
  );
}

export type PriceBookRow = {
  /** The base rate in force. */
  base: SystemRateView;
  /** The next base price already announced, if any. */
  nextBase: { rate: string; effectiveFrom: Date } | null;
  /** The partner's price in force; `isGeneral` when it is its price for every model rather than for this one. */
  own: { id: string; rate: string; effectiveFrom: Date; isGeneral: boolean } | null;
  scheduled: { id: string; rate: string; effectiveFrom: Date }[];
  /** Up to which price the platform lets it go beyond the usual limit, and why. */
  allowed: { maxRate: string; reason: string } | null;
  /** What customers pay now: the own price, never below the base. */
  customerRate: string;
};

type OwnRate = {
  id: string;
  resourceType: string;
  unit: string;
  modelKey: string | null;
  rate: string;
  effectiveFrom: Date;
};

/** A partner's price book: each base price in force beside the partner's own. */
export async function getPriceBook(scope: PartnerScope, now = new Date()): Promise<PriceBookRow[]> {
  authorize(scope, "price_book.read");
  const { bases, own, allowances } = await asPartner(scope, async (tx) => ({
    bases: await tx
      .select(BASE)
      .from(systemRates)
      .where(and(eq(systemRates.isActive, true), notOver))
      .orderBy(
        asc(systemRates.resourceType),
        sql`${systemRates.modelKey} nulls first`,
        asc(systemRates.effectiveFrom),
      ),
    own: await tx
      .select({
        id: partnerRates.id,
        resourceType: partnerRates.resourceType,
        unit: partnerRates.unit,
        modelKey: partnerRates.modelKey,
        rate: partnerRates.rate,
        effectiveFrom: partnerRates.effectiveFrom,
      })
      .from(partnerRates)
      .where(
        and(
          eq(partnerRates.partnerId, scope.partnerId),
          eq(partnerRates.isActive, true),
          or(isNull(partnerRates.effectiveTo), gt(partnerRates.effectiveTo, sql`now()`)),
        ),
      )
      .orderBy(asc(partnerRates.effectiveFrom)),
    allowances: await readAllowances(tx, scope.partnerId),
  }));
  return bases
    .filter((base) => base.effectiveFrom <= now)
    .map((base) => ({
      ...priceBookRow(base, bases, own, now),
      allowed: allowanceFor(allowances, base),
    }));
}

function priceBookRow(
  base: SystemRateView,
  bases: SystemRateView[],
  own: OwnRate[],
  now: Date,
): Omit<PriceBookRow, "allowed"> {
  const mine = own.filter((rate) => isSameThing(rate, base));
  const inForce = (thing: PricedThing) =>
    own.filter((rate) => isSameThing(rate, thing) && rate.effectiveFrom <= now).at(-1);
  const exact = inForce(base);
  // The same order as metering: the model's own price before the one for every model.
  const current = exact ?? inForce({ ...base, modelKey: null }) ?? null;
  const next = bases.find((other) => isSameThing(other, base) && other.effectiveFrom > now);
  const paid = tenantRate(current ? microsFromNumeric(current.rate) : null, microsFromNumeric(base.rate));
  return {
    base,
    nextBase: next ? { rate: next.rate, effectiveFrom: next.effectiveFrom } : null,
    own: current
      ? {
          id: current.id,
          rate: current.rate,
          effectiveFrom: current.effectiveFrom,
          isGeneral: exact === undefined,
        }
      : null,
    scheduled: mine
      .filter((rate) => rate.effectiveFrom > now)
      .map(({ id, rate, effectiveFrom }) => ({ id, rate, effectiveFrom })),
    customerRate: microsToNumeric(paid),
  };
}
