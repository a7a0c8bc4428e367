import { type Micros, multiplyMicros } from "@/lib/money";

/** A price that is or was in a price list. `effectiveTo` is the first instant at which it no longer holds. */
export type Rate = {
  readonly id: string;
  readonly resourceType: string;
  readonly unit: string;
  /** Null: for every model without a price of its own in the same list. */
  readonly modelKey: string | null;
  readonly rateMicros: Micros;
  readonly effectiveFrom: Date;
  readonly effectiveTo: Date | null;
};

/** What is to be priced. */
export type PricedThing = {
  readonly resourceType: string;
  readonly unit: string;
  readonly modelKey: string | null;
};

export function isSameThing(a: PricedThing, b: PricedThing): boolean {
  return a.resourceType === b.resourceType && a.unit === b.unit && a.modelKey === b.modelKey;
}

/** Both prices of one thing at one instant, as they are copied onto a ledger row. */
export type RatePair = {
  readonly systemRateId: string;
  /** Null when the tenant has no partner, or its partner no price for this. */
  readonly partnerRateId: string | null;
  readonly systemRate: Micros;
  readonly tenantRate: Micros;
};

export type RatedUsage = {
  readonly platformCost: Micros;
  readonly tenantCost: Micros;
  readonly partnerCommission: Micros;
};

/** Whether a price holds at an instant: `[effectiveFrom, effectiveTo)`. */
export function isInForce(rate: Rate, at: Date): boolean {
  return rate.effectiveFrom <= at && (rate.effectiveTo === null || at < rate.effectiveTo);
}

/** The price of a thing at an instant: the model's own before the general one. Null when there is none, never zero. */
export function rateInForce(rates: readonly Rate[], thing: PricedThing, at: Date): Rate | null {
  const fitting = rates.filter(
    (rate) => rate.resourceType === thing.resourceType && rate.unit === thing.unit && isInForce(rate, at),
  );
  const own = thing.modelKey === null ? undefined : fitting.find((rate) => rate.modelKey === thing.modelKey);
  return own ?? fitting.find((rate) => rate.modelKey === null) ?? null;
}

/** What the tenant pays: the partner's price, never below the base price (the floor). */
export function tenantRate(partner: Micros | null, system: Micros): Micros {
  return partner !== null && partner > system ? partner : system;
}

/** Both prices of a thing at an instant, or null when the platform has none: then the work must be refused. */
export function resolveRates(
  lists: { readonly system: readonly Rate[]; readonly partner: readonly Rate[] },
  thing: PricedThing,
  at: Date,
): RatePair | null {
  const system = rateInForce(lists.system, thing, at);
  if (!system) return null;
  const partner = rateInForce(lists.partner, thing, at);
  return {
    systemRateId: system.id,
    partnerRateId: partner?.id ?? null,
    systemRate: system.rateMicros,
    tenantRate: tenantRate(partner?.rateMicros ?? null, system.rateMicros),
  };
}

/**
 * Costs of a quantity (in millionths of the unit). Each cost is rounded half away from zero to six decimals, as the
 * database's `round(quantity * rate, 6)`; the commission is what is left and is never rounded on its own.
 */
export function rateUsage(usage: {
  readonly quantityMicros: bigint;
  readonly systemRate: Micros;
  readonly tenantRate: Micros;
  readonly hasPartner: boolean;
}): RatedUsage {
  const platformCost = multiplyMicros(usage.quantityMicros, usage.systemRate);
  if (!usage.hasPartner) return { platformCost, tenantCost: platformCost, partnerCommission: 0n };
  const tenantCost = multiplyMicros(usage.quantityMicros, usage.tenantRate);
  return { platformCost, tenantCost, partnerCommission: tenantCost - platformCost };
}
