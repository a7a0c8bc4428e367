import "server-only";
import { and, eq, gt, inArray, isNull, lte, or } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { partnerRates, systemRates } from "@/db/schema/billing";
import type { TenantScope } from "@/db/scope";
import { AppError } from "@/lib/errors";
import { microsFromNumeric } from "@/lib/money";
import { type PricedThing, type Rate, type RatePair, resolveRates } from "./pricing";
import { RESOURCES, type ResourceType } from "./resources";

/** A resource a piece of work will use, with the model for those priced by model. */
export type Need = { readonly resourceType: ResourceType; readonly modelKey: string | null };

export type PriceLists = { readonly system: readonly Rate[]; readonly partner: readonly Rate[] };

/** What a need is priced as: the unit comes from the table of resources, a model only where prices differ by model. */
export function thingOf(need: Need): PricedThing {
  const { unit, isPerModel } = RESOURCES[need.resourceType];
  return { resourceType: need.resourceType, unit, modelKey: isPerModel ? need.modelKey : null };
}

function asRate(row: Omit<Rate, "rateMicros"> & { rate: string }): Rate {
  const { rate, ...rest } = row;
  return { ...rest, rateMicros: microsFromNumeric(rate) };
}

/** The prices at an instant of the platform and of the tenant's partner. Needs a worker's transaction. */
export async function pricesAt(
  tx: Tx,
  scope: TenantScope,
  resources: readonly ResourceType[],
  at: Date,
): Promise<PriceLists> {
  if (resources.length === 0) return { system: [], partner: [] };
  const wanted = [...new Set(resources)];
  const system = await tx
    .select({
      id: systemRates.id,
      resourceType: systemRates.resourceType,
      unit: systemRates.unit,
      modelKey: systemRates.modelKey,
      rate: systemRates.rate,
      effectiveFrom: systemRates.effectiveFrom,
      effectiveTo: systemRates.effectiveTo,
    })
    .from(systemRates)
    .where(
      and(
        inArray(systemRates.resourceType, wanted),
        eq(systemRates.isActive, true),
        lte(systemRates.effectiveFrom, at),
        or(isNull(systemRates.effectiveTo), gt(systemRates.effectiveTo, at)),
      ),
    );
  if (!scope.partnerId) return { system: system.map(asRate), partner: [] };
  const partner = await tx
    .select({
      id: partnerRates.id,
      resourceType: partnerRates.resourceType,
      unit: partnerRates.unit,
      modelKey: partnerRates.modelKey,
      rate: partnerRates.rate,
      effectiveFrom: partnerRates.effectiveFrom,
      effectiveTo: partnerRates.effectiveTo,
    })
    .from(partnerRates)
    .where(
      and(
        eq(partnerRates.partnerId, scope.partnerId),
        inArray(partnerRates.resourceType, wanted),
        eq(partnerRates.isActive, true),
        lte(partnerRates.effectiveFrom, at),
        or(isNull(partnerRates.effectiveTo), gt(partnerRates.effectiveTo, at)),
      ),
    );
  return { system: system.map(asRate), partner: partner.map(asRate) };
}

/** Work without a price is refused before it starts: usage is never free by accident. */
function missingRate(need: Need): AppError {
  const { label } = RESOURCES[need.resourceType];
  const what =
    need.modelKey === null ? label.toLowerCase() : `${label.toLowerCase()} of the model ${need.modelKey}`;
  return new AppError(
    "precondition",
    `There is no price for ${what} (${need.resourceType}), so this cannot run. An administrator of the platform has to set one.`,
    { reason: "rate_missing" },
  );
}

/** Both prices of one need. @throws AppError `precondition`, reason `rate_missing` */
export function requireRates(lists: PriceLists, need: Need, at: Date): RatePair {
  const pair = resolveRates(lists, thingOf(need), at);
  if (!pair) throw missingRate(need);
  return pair;
}

/**
 * Checks that everything a piece of work will use has a price at `at`, and gives the lists that say so. Needs a worker's
 * transaction.
 * @throws AppError `precondition`, reason `rate_missing`, naming the resource and the model
 */
export async function assertPriced(
  tx: Tx,
  scope: TenantScope,
  needs: readonly Need[],
  at: Date,
): Promise<PriceLists> {
  const lists = await pricesAt(
    tx,
    scope,
    needs.map((need) => need.resourceType),
    at,
  );
  for (const need of needs) requireRates(lists, need, at);
  return lists;
}
