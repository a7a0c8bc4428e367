import { divideRounded, least, type Micros } from "@/lib/money";

const LOT_SOURCES = ["plan", "promo", "paid"] as const;
export type LotSource = (typeof LOT_SOURCES)[number];

export type OpenLot = {
  readonly id: string;
  readonly source: LotSource;
  readonly remaining: Micros;
  readonly expiresAt: Date | null;
  readonly isFrozen: boolean;
};

/** A part of an amount and what pays for it; without a lot it is owed. */
export type Burn = {
  readonly lotId: string | null;
  readonly source: LotSource | "receivable";
  readonly amount: Micros;
};

function byOrder(a: OpenLot, b: OpenLot): number {
  const bySource = LOT_SOURCES.indexOf(a.source) - LOT_SOURCES.indexOf(b.source);
  if (bySource !== 0) return bySource;
  const [endA, endB] = [a.expiresAt?.getTime() ?? Infinity, b.expiresAt?.getTime() ?? Infinity];
  if (endA !== endB) return endA < endB ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}

/**
 * What pays for an amount: the allowance of the plan, then promotions, then money; within one the earliest expiry, then
 * the oldest lot. Lots under dispute are left out, and what none covers is owed. `app.spend` does the same.
 */
export function planBurn(lots: readonly OpenLot[], amount: Micros): Burn[] {
  const burns: Burn[] = [];
  let rest = amount;
  for (const lot of lots.filter((one) => !one.isFrozen && one.remaining > 0n).toSorted(byOrder)) {
    if (rest === 0n) break;
    const part = least(rest, lot.remaining);
    burns.push({ lotId: lot.id, source: lot.source, amount: part });
    rest -= part;
  }
  if (rest > 0n) burns.push({ lotId: null, source: "receivable", amount: rest });
  return burns;
}

/** Splits a commission over the parts of its cost: rounded on the running sum, so that the shares add up exactly. */
export function shareOut(commission: Micros, parts: readonly Micros[]): Micros[] {
  const total = parts.reduce((sum, part) => sum + part, 0n);
  let done = 0n;
  let shared = 0n;
  return parts.map((part) => {
    done += part;
    const share = total === 0n ? 0n : divideRounded(commission * done, total) - shared;
    shared += share;
    return share;
  });
}
