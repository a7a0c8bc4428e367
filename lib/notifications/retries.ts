const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long to wait after the first, second, … try of a message that was not taken: about a day in all. */
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  HOUR,
  3 * HOUR,
  8 * HOUR,
  12 * HOUR,
] as const;

export const MAX_TRIES = WAITS_MS.length + 1;

/** What a message is called that only shows whether an endpoint answers: tried once, since somebody looks. */
export const TEST_KIND = "test";

/** An endpoint that asks for a longer wait than this is tried before it. */
export const LONGEST_ASKED_MS = HOUR;

/**
 * How long to wait after try number `attempt` (from 1) of a message, and no less than the endpoint asked for; null when
 * that was the last.
 */
export function waitAfterMs(kind: string, attempt: number, askedMs = 0): number | null {
  const plannedMs = kind === TEST_KIND ? undefined : WAITS_MS[attempt - 1];
  return plannedMs === undefined ? null : Math.max(plannedMs, askedMs);
}
