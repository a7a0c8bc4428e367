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

/** Reads `2026-11`, a month of the years 2000 to 2999. Null for anything else: the end of December 9999 is no date to the database. */
export function parseMonth(text: string): Period | null {
  const match = /^(2\d{3})-(0[1-9]|1[0-2])$/.exec(text);
  return match ? monthOf(new Date(Date.UTC(Number(match[1]), Number(match[2]) - 1, 1))) : null;
}

/** `2026-11`, for links and file names. */
export function formatMonth(period: Period): string {
  return period.start.toISOString().slice(0, 7);
}

/** Usage is still written down for a while after it happened: a period is closed this long after its end. */
const CLOSE_DELAY_MS = 3_600_000;

/** From when on a period can be closed. */
export function closableFrom(period: Period): Date {
  return new Date(period.end.getTime() + CLOSE_DELAY_MS);
}

export function isClosable(period: Period, now: Date): boolean {
  return now >= closableFrom(period);
}

/** The newest months that can be closed, newest first, as `2026-11`. */
export function closableMonths(now: Date, count: number): string[] {
  return lastMonths(previousMonth(new Date(now.getTime() - CLOSE_DELAY_MS)).start, count);
}

const PAYMENT_TERM_DAYS = 14;

/** When an invoice made at an instant is due. */
export function dueDate(madeAt: Date): Date {
  return new Date(madeAt.getTime() + PAYMENT_TERM_DAYS * 86_400_000);
}

/** An anchor's day and time, some months later: a day that the month lacks is its last one, and comes back after it. */
function anchorIn(anchor: Date, months: number): Date {
  const [year, month] = [anchor.getUTCFullYear(), anchor.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Date.UTC(year, month, Math.min(anchor.getUTCDate(), lastDay));
  return new Date(day + (anchor.getTime() % 86_400_000));
}

/** The month from an anchor's day to its next one that holds an instant, which is not before the anchor. */
export function anchoredPeriod(anchor: Date, at: Date): Period {
  const months =
    (at.getUTCFullYear() - anchor.getUTCFullYear()) * 12 + at.getUTCMonth() - anchor.getUTCMonth();
  const isBefore = anchorIn(anchor, months) > at;
  const first = isBefore ? months - 1 : months;
  return { start: anchorIn(anchor, first), end: anchorIn(anchor, first + 1) };
}

/** Where periods of an anchor begin, some months after (or before) another such boundary. */
export function anchoredAfter(anchor: Date, boundary: Date, months: number): Date {
  const since =
    (boundary.getUTCFullYear() - anchor.getUTCFullYear()) * 12 +
    boundary.getUTCMonth() -
    anchor.getUTCMonth();
  return anchorIn(anchor, since + months);
}

/**
 * The period that holds an instant: calendar months, cut off where a plan began; from its anchor on, the plan's.
 * @param cuts when the tenant came to another seller, oldest first: a period ends there, and one begins
 */
export function periodAt(anchor: Date | null, at: Date, cuts: readonly Date[] = []): Period {
  const { start, end } = uncutPeriod(anchor, at);
  const before = cuts.findLast((cut) => cut <= at);
  const after = cuts.find((cut) => cut > at);
  return { start: before && before > start ? before : start, end: after && after < end ? after : end };
}

function uncutPeriod(anchor: Date | null, at: Date): Period {
  if (anchor && at >= anchor) return anchoredPeriod(anchor, at);
  const month = monthOf(at);
  return anchor && anchor < month.end ? { start: month.start, end: anchor } : month;
}

const justBefore = (instant: Date) => new Date(instant.getTime() - 1);

const MOST_PERIODS = 120;

/**
 * The periods to be closed now, oldest first. `closedThrough` is where the last one ended that is closed: each since
 * then, without a hole. Null: the last one that is over, which takes along what is older; of a tenant that came to
 * another seller, each since then, as none takes along what another one sold.
 */
export function periodsDue(
  anchor: Date | null,
  closedThrough: Date | null,
  now: Date,
  cuts: readonly Date[] = [],
): Period[] {
  const due: Period[] = [];
  for (let start = closedThrough ?? firstDue(anchor, now, cuts); due.length < MOST_PERIODS; ) {
    const { end } = periodAt(anchor, start, cuts);
    if (!isClosable({ start, end }, now)) break;
    due.push({ start, end });
    start = end;
  }
  return due;
}

function firstDue(anchor: Date | null, now: Date, cuts: readonly Date[]): Date {
  const last = periodAt(anchor, justBefore(periodAt(anchor, now, cuts).start), cuts);
  const [first] = cuts;
  return first && first < last.end ? periodAt(anchor, justBefore(first), cuts).start : last.start;
}

/**
 * The period that ends in a calendar month (its last instant included), from where the one before was closed, in pieces
 * where it is cut; before it what other sellers sold and nobody closed.
 */
export function periodsEndingIn(
  anchor: Date | null,
  closedThrough: Date | null,
  month: Period,
  cuts: readonly Date[] = [],
): Period[] {
  const last = periodAt(anchor, justBefore(month.end));
  const found = last.end <= month.end ? last : periodAt(anchor, justBefore(last.start));
  const isOpen = (cut: Date) => cut > found.start || !closedThrough || cut > closedThrough;
  const ends = [...cuts.filter((cut) => cut < found.end && isOpen(cut)), found.end];
  return ends.map((end) => {
    const { start } = periodAt(anchor, justBefore(end), cuts);
    const isInside = closedThrough && closedThrough > start && closedThrough < end;
    return { start: isInside ? closedThrough : start, end };
  });
}

/** The month that holds an instant and those before it, newest first, as `2026-11`. */
export function lastMonths(now: Date, count: number): string[] {
  const { start } = monthOf(now);
  return Array.from({ length: count }, (_, back) =>
    formatMonth(monthOf(new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() - back, 1)))),
  );
}
