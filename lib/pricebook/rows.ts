import { isInForce, isSameThing, type PricedThing, type Rate, rateInForce } from "@/lib/metering/pricing";
import type { Micros } from "@/lib/money";
import { bookPriceAt, type DraftRate, type Lists } from "./book";
import { thingKey } from "./thing";

/** What can be priced in a book: everything with a base price, and what is drafted. By resource, the general one first. */
export function pricedThings(lists: Lists, drafted: readonly PricedThing[], now: Date): PricedThing[] {
  const inForce: PricedThing[] = lists.system.filter((rate) => isInForce(rate, now));
  const all = [...inForce, ...drafted].map(({ resourceType, unit, modelKey }) => ({
    resourceType,
    unit,
    modelKey,
  }));
  return all
    .filter((thing, at) => all.findIndex((other) => isSameThing(other, thing)) === at)
    .sort((a, b) => (thingKey(a) < thingKey(b) ? -1 : 1));
}

export type DraftRow = {
  key: string;
  thing: PricedThing;
  /** The base price in force; null when there is none. */
  baseMicros: Micros | null;
  /** The next base price already announced. */
  nextBase: { micros: Micros; from: Date } | null;
  /** What is asked today: of customers by a partner, of everybody by the platform. */
  todayMicros: Micros | null;
  draftMicros: Micros | null;
  /** The lowest price of a partner for it, above which a base price must be announced. */
  lowestPartnerMicros: Micros | null;
  /** What was made of it. */
  madeRateId: string | null;
};

const lowest = (all: readonly Micros[]) =>
  all.reduce<Micros | null>((least, one) => (least !== null && least < one ? least : one), null);

/** Everything that can be priced in a book, beside what a draft says about it. */
export function draftRows(
  lists: Lists,
  {
    partnerId,
    rates,
  }: { partnerId: string | null; rates: readonly (DraftRate & { madeRateId: string | null })[] },
  now: Date,
): DraftRow[] {
  return pricedThings(lists, rates, now).map((thing) => {
    const drafted = rates.find((rate) => isSameThing(rate, thing));
    const next = lists.system
      .filter((rate) => isSameThing(rate, thing) && rate.effectiveFrom > now)
      .reduce<Rate | null>(
        (first, rate) => (first && first.effectiveFrom < rate.effectiveFrom ? first : rate),
        null,
      );
    const partners = partnerId === null ? [...lists.partners.values()] : [];
    return {
      key: thingKey(thing),
      thing,
      baseMicros: rateInForce(lists.system, thing, now)?.rateMicros ?? null,
      nextBase: next && { micros: next.rateMicros, from: next.effectiveFrom },
      todayMicros: bookPriceAt(lists, partnerId, thing, now),
      draftMicros: drafted?.rateMicros ?? null,
      lowestPartnerMicros: lowest(
        partners.flatMap((rates) => rateInForce(rates, thing, now)?.rateMicros ?? []),
      ),
      madeRateId: drafted?.madeRateId ?? null,
    };
  });
}
