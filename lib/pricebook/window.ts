import { formatMonth, lastMonths, type Period, parseMonth, previousMonth } from "@/lib/billing/period";

/** The ledger rows a draft is held against: a month that is over, or the 30 whole days before today (UTC). */
export type ReplayWindow = Period & { readonly key: string; readonly isMonth: boolean };

export const LAST_30_DAYS = "last-30-days";
const DAY_MS = 86_400_000;
const CHOICES = 12;

/** The months that are over, newest first. */
export function pastMonths(now: Date): string[] {
  return lastMonths(previousMonth(now).start, CHOICES);
}

/** Reads `2026-10` or `last-30-days`. Null for a month that is not over, and for what is none. */
export function windowOf(key: string, now: Date): ReplayWindow | null {
  if (key === LAST_30_DAYS) {
    const end = new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS);
    return { key, start: new Date(end.getTime() - 30 * DAY_MS), end, isMonth: false };
  }
  const month = parseMonth(key);
  return month && month.end <= now ? { ...month, key, isMonth: true } : null;
}

/** Last month. */
export function defaultWindow(now: Date): ReplayWindow {
  const month = previousMonth(now);
  return { ...month, key: formatMonth(month), isMonth: true };
}

/** What an address asks for; last month when it asks for nothing that can be shown. */
export function windowKeyOf(given: string | string[] | undefined, now: Date): string {
  const asked = typeof given === "string" ? windowOf(given, now) : null;
  return (asked ?? defaultWindow(now)).key;
}
