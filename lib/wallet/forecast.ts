import { divideRounded, type Micros } from "@/lib/money";

const DAY_MS = 86_400_000;
/** Two whole weeks: each day of the week counts twice, so that quiet weekends are in the average as often as they come. */
export const FORECAST_DAYS = 14;

export type SpendSoFar = {
  readonly now: Date;
  /** Since the first instant of this UTC month. */
  readonly monthMicros: Micros;
  /** In the last 14 days up to now. */
  readonly recentMicros: Micros;
  /** The first use there ever was; null when there was none. */
  readonly firstAt: Date | null;
};

export type Forecast = {
  /** What the month comes to, in micro-dollars. */
  readonly totalMicros: Micros;
  readonly perDayMicros: Micros;
  /** Over how many days the average was taken. */
  readonly basisDays: number;
};

/**
 * What this UTC month will come to: what is spent so far, and for the time that is left the average of a day over the last
 * 14 days. A workspace that began later is averaged since its first use, over one day at least.
 */
export function forecastOf({ now, monthMicros, recentMicros, firstAt }: SpendSoFar): Forecast {
  const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const knownMs = firstAt ? now.getTime() - firstAt.getTime() : 0;
  const basisMs = Math.min(FORECAST_DAYS * DAY_MS, Math.max(DAY_MS, knownMs));
  const leftMs = end - now.getTime();
  return {
    totalMicros: monthMicros + divideRounded(recentMicros * BigInt(leftMs), BigInt(basisMs)),
    perDayMicros: divideRounded(recentMicros * BigInt(DAY_MS), BigInt(basisMs)),
    basisDays: Math.ceil(basisMs / DAY_MS),
  };
}
