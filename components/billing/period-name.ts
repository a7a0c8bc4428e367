import { monthOf } from "@/lib/billing/period";

const monthFormat = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** `October 2026`, in UTC. */
export function monthName(start: Date): string {
  return monthFormat.format(start);
}

/** `October 2026` for a calendar month, else `15 Oct 2026 – 14 Nov 2026`: its first and its last day, in UTC. */
export function periodName({ periodStart, periodEnd }: { periodStart: Date; periodEnd: Date }): string {
  const month = monthOf(periodStart);
  const isMonth = +month.start === +periodStart && +month.end === +periodEnd;
  return isMonth
    ? monthName(periodStart)
    : dayFormat.formatRange(periodStart, new Date(periodEnd.getTime() - 1));
}
