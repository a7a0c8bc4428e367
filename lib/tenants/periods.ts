const DAY_MS = 86_400_000;

/** The first instant of the UTC day of `now`. Billing and usage count by UTC days. */
export function startOfDay(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
}

/** The first instant of the UTC month of `now`. */
export function startOfMonth(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
}

/** The last `count` UTC days, oldest first, the day of `now` last, as `2026-01-31`. */
export function lastDays(now: Date, count: number): string[] {
  const todayMs = startOfDay(now).getTime();
  return Array.from({ length: count }, (_, index) =>
    new Date(todayMs - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}
