import type { PricedThing } from "@/lib/metering/pricing";
import type { Micros } from "@/lib/money";
import type { ReplayPrice } from "./book";
import type { ReplayGroup } from "./replay";
import { thingKey } from "./thing";

/** Sums of replayed rows: as they were billed, at today's prices, at the draft's; and what of each is the partner's. */
export type Figures = {
  readonly billed: Micros;
  readonly now: Micros;
  readonly next: Micros;
  readonly nowMargin: Micros;
  readonly nextMargin: Micros;
};

const NOTHING: Figures = { billed: 0n, now: 0n, next: 0n, nowMargin: 0n, nextMargin: 0n };

/** The partner's part is what is left of what customers pay after the base price; all of a direct customer's is the platform's. */
export function sumUp(groups: readonly ReplayGroup[]): Figures {
  return groups.reduce(
    (sum, group) => ({
      billed: sum.billed + group.billed,
      now: sum.now + group.now,
      next: sum.next + group.next,
      nowMargin: sum.nowMargin + group.now - group.nowBase,
      nextMargin: sum.nextMargin + group.next - group.nextBase,
    }),
    NOTHING,
  );
}

const absolute = (micros: Micros) => (micros < 0n ? -micros : micros);

/** The largest change first, then what costs most. */
function byChange(a: Figures, b: Figures): number {
  const [less, more] = [absolute(a.next - a.now), absolute(b.next - b.now)];
  if (less !== more) return less > more ? -1 : 1;
  return a.now === b.now ? 0 : a.now > b.now ? -1 : 1;
}

/** Groups summed by something, the largest change first. */
export function linesBy<K>(
  groups: readonly ReplayGroup[],
  keyOf: (group: ReplayGroup) => K,
): (Figures & { key: K })[] {
  return [...Map.groupBy(groups, keyOf)].map(([key, those]) => ({ key, ...sumUp(those) })).sort(byChange);
}

export type ResourceLine = Figures & {
  readonly thing: PricedThing;
  readonly quantityMicros: bigint;
  /** The price in the book; null where there is none, or where customers pay different ones. */
  readonly nowRate: Micros | null;
  readonly nextRate: Micros | null;
  /** Whether the draft decides its price. */
  readonly isDrafted: boolean;
  /** Without a price today it stays as it was billed. */
  readonly isPriced: boolean;
};

function rateOf(price: ReplayPrice, when: "now" | "next", isBase: boolean): Micros | null {
  const prices = price[when] ?? price.now;
  if (!prices) return null;
  return isBase ? prices.systemRate : prices.tenantRate;
}

/** Groups summed by what was used. @param isBase whether the book holds base prices */
export function resourceLines(groups: readonly ReplayGroup[], isBase: boolean): ResourceLine[] {
  return [...Map.groupBy(groups, ({ price }) => thingKey(price))]
    .flatMap(([, those]) => {
      const [first] = those;
      if (!first) return [];
      const { resourceType, unit, modelKey } = first.price;
      return [
        {
          ...sumUp(those),
          thing: { resourceType, unit, modelKey },
          quantityMicros: those.reduce((sum, { quantityMicros }) => sum + quantityMicros, 0n),
          nowRate: rateOf(first.price, "now", isBase),
          nextRate: rateOf(first.price, "next", isBase),
          isDrafted: first.price.isDrafted,
          isPriced: first.price.now !== null || first.price.next !== null,
        },
      ];
    })
    .sort(byChange);
}
