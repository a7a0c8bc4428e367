/** A billing period: `[start, end)` in UTC. */
export type Period = { start: Date; end: Date };

/** The calendar month, in UTC, that holds an instant. */
export function monthOf(instant: Date): Period {
  const year = instant.getUTCFullYear();
  const month = instant.getUTCMonth();
  return { start: new Date(Date.UTC(year, month, 1)), end: new Date(Date.UTC(year, month + 1, 1)) };
}

/** The month before the one that holds an instant. */
export function previousMonth(instant: Date): Period {
  return monthOf(new Date(monthOf(instant).start.getTime() - 1));
}

/** Reads `2026-11`. Null when it is not a month. */
export function parseMonth(text: string): Period | null {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text);
  return match ? monthOf(new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, 1))) : null;
}

/** `2026-11`, for links and file names. */
export function formatMonth(period: Period): string {
  return period.start.toISOString().slice(0, 7);
}

/** Usage is still written down for a while after it happened: a period is closed this long after its end. */
const CLOSE_DELAY_MS = 3_600_000;

export function isClosable(period: Period, now: Date): boolean {
  return now.getTime() >= period.end.getTime() + CLOSE_DELAY_MS;
}

const PAYMENT_TERM_DAYS = 14;

/** When an invoice made at an instant is due. */
export function dueDate(madeAt: Date): Date {
  return new Date(madeAt.getTime() + PAYMENT_TERM_DAYS * 86_400_000);
}

/** The month that holds an instant and those before it, newest first, as `2026-11`. */
export function lastMonths(now: Date, count: number): string[] {
  const { start } = monthOf(now);
  return Array.from({ length: count }, (_, back) =>
    formatMonth(monthOf(new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() - back, 1)))),
  );
}
