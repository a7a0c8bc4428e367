import { monthOf } from "@/lib/billing/period";
import { monthInWords } from "@/lib/day";

const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

/** `October 2026` for a calendar month, else `15 Oct 2026 – 14 Nov 2026`: its first and its last day, in UTC. */
export function periodName({ periodStart, periodEnd }: { periodStart: Date; periodEnd: Date }): string {
  const month = monthOf(periodStart);
  const isMonth = +month.start === +periodStart && +month.end === +periodEnd;
  return isMonth
    ? monthInWords(periodStart)
    : dayFormat.formatRange(periodStart, new Date(periodEnd.getTime() - 1));
}
