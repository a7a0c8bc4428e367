import { lastMonths, type Period, parseMonth } from "@/lib/billing/period";
import { type Micros, microsFromNumeric } from "@/lib/money";

type Figures = { revenue: string; platformCost: string; commission: string };
export type Totals = { revenue: Micros; platformCost: Micros; commission: Micros };

/** Revenue, base cost and margin of some rows together. */
export function totalsOf(rows: readonly Figures[]): Totals {
  const sum = (column: keyof Figures) =>
    rows.reduce((total, row) => total + microsFromNumeric(row[column]), 0n);
  return { revenue: sum("revenue"), platformCost: sum("platformCost"), commission: sum("commission") };
}

/** From the first instant of one month to the end of another. Null when one of them is no month. */
export function monthsBetween(from: string, to: string): Period | null {
  const first = parseMonth(from);
  const last = parseMonth(to);
  return first && last ? { start: first.start, end: last.end } : null;
}

/** The months of a range, oldest first, at most `limit` of them. */
export function monthNames(range: Period, limit = 36): string[] {
  const newest = new Date(range.end.getTime() - 1);
  return lastMonths(newest, limit)
    .filter((month) => (parseMonth(month)?.start ?? range.start) >= range.start)
    .reverse();
}

const SHOWN_MONTHS = 6;

/** What is shown when nothing was asked for: this month and the five before it. */
export function defaultMonths(now: Date): { from: string; to: string } {
  const months = lastMonths(now, SHOWN_MONTHS);
  return { from: months.at(-1) ?? "", to: months[0] ?? "" };
}
