const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

/** Milliseconds of the SDK's duration text, such as `1d`, `2h30m10s`; null when it is no duration. */
export function parseDurationMs(text: string): number | null {
  if (!/^(\d+[wdhms])+$/.test(text)) return null;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([wdhms])/g)) {
    total += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return total;
}

/** When a duration or an ISO date, as the SDK writes both in one field, is over; null when it is neither. */
export function parseMoment(text: string, now: Date): Date | null {
  const duration = parseDurationMs(text);
  if (duration !== null) return new Date(now.getTime() + duration);
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time);
}

/** Milliseconds a `retry-after` header asks for: seconds or a date; null when it is absent or neither. */
export function parseRetryAfterMs(header: string | null, now: Date): number | null {
  if (!header) return null;
  if (/^\d+(\.\d+)?$/.test(header)) return Number(header) * 1_000;
  const time = Date.parse(header);
  return Number.isNaN(time) ? null : Math.max(0, time - now.getTime());
}
