import { formatMicros } from "@/lib/money";

/** A price of one thing with its range of validity: `[from, to)`, open-ended when `to` is null. */
export type RateRange = { id: string; from: Date; to: Date | null };

export type RatePlan =
  | { ok: true; close: { id: string; at: Date } | null; from: Date; to: Date | null }
  | { ok: false; reason: "in_the_past" | "taken" };

/** A new price may begin a moment ago (clocks, slow forms), not earlier: what is rated stays as it was rated. */
const PAST_TOLERANCE_MS = 60_000;

/**
 * How a price that begins at `from` fits among those of the same thing: the one in force then is closed at that moment,
 * and the new one holds until the next scheduled one. Nothing is edited or removed.
 */
export function planRate(existing: readonly RateRange[], from: Date, now: Date): RatePlan {
  if (from.getTime() < now.getTime() - PAST_TOLERANCE_MS) return { ok: false, reason: "in_the_past" };
  if (existing.some((range) => range.from.getTime() === from.getTime()))
    return { ok: false, reason: "taken" };
  const current = existing.find((range) => range.from < from && (range.to === null || range.to > from));
  const next = existing
    .filter((range) => range.from > from)
    .reduce<Date | null>(
      (earliest, range) => (earliest === null || range.from < earliest ? range.from : earliest),
      null,
    );
  return { ok: true, close: current ? { id: current.id, at: from } : null, from, to: next };
}

/** Whether a partner's price may stand: at or above the base price, and not so far above that it must be a typing error. */
export function checkPartnerPrice(price: bigint, base: bigint): "below_floor" | "too_high" | null {
  if (price < base) return "below_floor";
  return base > 0n && price > base * MAX_MARKUP ? "too_high" : null;
}

export const MAX_MARKUP = 20n;

/**
 * The same in a sentence for the partner; null when the price may stand.
 * @param allowed up to which price the platform lets this partner go; null where the usual limit holds
 */
export function partnerPriceProblem(price: bigint, base: bigint, allowed: bigint | null): string | null {
  const floor = formatMicros(base, { exact: true });
  const problem = checkPartnerPrice(price, base);
  if (problem === "below_floor") return `Your price cannot be below the base price of ${floor}.`;
  if (problem === null || (allowed !== null && price <= allowed)) return null;
  return allowed !== null
    ? `The platform allows you up to ${formatMicros(allowed, { exact: true })} for this.`
    : `This is more than ${MAX_MARKUP} times the base price of ${floor}. Ask the platform to allow it.`;
}

/** So long before a base price rises above the price of a partner, the partner is told. */
export const NOTICE_DAYS = 30;

const DAY_MS = 86_400_000;

/**
 * When a base price may begin at the earliest: a rise above what a partner asks of its customers leaves the partner a
 * month to follow. Null when it may begin at any time.
 * @param current the base price that it follows, if any
 * @param partnerPrices what partners ask for the same thing from then on
 */
export function earliestFor(
  price: bigint,
  current: bigint | null,
  partnerPrices: readonly bigint[],
  now: Date,
): Date | null {
  if (current !== null && price <= current) return null;
  if (!partnerPrices.some((theirs) => theirs < price)) return null;
  return new Date(now.getTime() + NOTICE_DAYS * DAY_MS);
}

/** The first midnight (UTC) that is not before a moment: a day that is told begins there. */
export function midnightFrom(moment: Date): Date {
  return new Date(Math.ceil(moment.getTime() / DAY_MS) * DAY_MS);
}

/** Whether a price begins early enough before or late enough after; forms give minutes, and are slow. */
export function isTooSoon(from: Date, earliest: Date): boolean {
  return from.getTime() < earliest.getTime() - PAST_TOLERANCE_MS;
}
