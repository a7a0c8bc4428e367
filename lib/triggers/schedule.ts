import { Cron } from "croner";

/** The five parts of a cron expression, in their order, and what each may hold. */
const PARTS = [
  { name: "minute", allowed: "0–59" },
  { name: "hour", allowed: "0–23" },
  { name: "day of the month", allowed: "1–31 or L for the last" },
  { name: "month", allowed: "1–12 or JAN–DEC" },
  { name: "day of the week", allowed: "0–7 (Sunday is 0 and 7) or SUN–SAT" },
] as const;

/** Four years hold every date there is, 29 February too. */
const A_LEAP_YEAR_AGO = new Date("2024-01-01T00:00:00Z");

/** How long after its time a tick still counts as on time; later it was missed, because nothing was running. */
const ON_TIME_MS = 5 * 60_000;

function cronOf(expression: string, timeZone: string): Cron {
  return new Cron(expression.trim().replace(/\s+/g, " "), {
    mode: "5-part",
    timezone: timeZone,
    fixedTimeRule: "no-wildcard",
    paused: true,
  });
}

function isPattern(expression: string): boolean {
  try {
    cronOf(expression, "UTC");
    return true;
  } catch {
    return false;
  }
}

/** What is wrong with a cron expression, naming the part, or null. */
export function cronProblem(expression: string): string | null {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== PARTS.length) {
    const count = expression.trim() === "" ? 0 : parts.length;
    return `A schedule has five parts: minute, hour, day of the month, month, day of the week. This has ${count}.`;
  }
  for (const [index, part] of PARTS.entries()) {
    const given = parts[index] ?? "";
    const alone = PARTS.map((_, place) => (place === index ? given : "*")).join(" ");
    if (!isPattern(alone)) {
      return `“${given}” does not work as the ${part.name}: use ${part.allowed}, *, lists (1,15), ranges (1-5) and steps (*/10).`;
    }
  }
  if (!isPattern(expression)) return "These five parts do not go together.";
  return nextTick(expression, "UTC", A_LEAP_YEAR_AGO)
    ? null
    : "There is no such day, so this would never start.";
}

/** What is wrong with the name of a time zone of the IANA database, such as Europe/Berlin, or null. */
export function timeZoneProblem(name: string): string | null {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name.trim() });
    return null;
  } catch {
    return "There is no such time zone. Choose one from the list, such as Europe/Berlin.";
  }
}

/** The first tick after an instant; null when there is none. Throws on an expression that `cronProblem` refuses. */
export function nextTick(expression: string, timeZone: string, after: Date): Date | null {
  return cronOf(expression, timeZone).nextRun(after);
}

/**
 * The next ticks after an instant, on the clock of the time zone. What would fall into the hour that is left out in
 * spring comes at its end, and what names its hours happens once in one that comes twice in autumn; * and steps go on.
 */
export function nextTicks(expression: string, timeZone: string, after: Date, count: number): Date[] {
  return cronOf(expression, timeZone).nextRuns(count, after);
}

/** A tick on the clock of its time zone: `Fri, 27 Nov 2026, 23:50 CET`. */
export function formatTick(tick: Date, timeZone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
    timeZoneName: "short",
  }).format(tick);
}

export type MissedPolicy = "skip" | "run_once";

export type TickPlan = {
  /** `start`: on time, or made up for; `skip`: it was missed and that is what the schedule says to do then. */
  readonly action: "start" | "skip";
  /** Whether it, or one after it, could not start at its time. */
  readonly isMissed: boolean;
  /** The tick after it. Ticks that passed meanwhile are not run one after the other. In the past when it is on time still. */
  readonly next: Date | null;
};

function isLateAt(tick: Date, now: Date): boolean {
  return now.getTime() - tick.getTime() > ON_TIME_MS;
}

/** The newest tick that has come and is on time still; null when there is none. */
function onTimeStill(cron: string, timeZone: string, tick: Date, now: Date): Date | null {
  let found: Date | null = null;
  let after = new Date(Math.max(tick.getTime(), now.getTime() - ON_TIME_MS));
  for (;;) {
    const next = nextTick(cron, timeZone, after);
    if (!next || next > now) return found;
    found = next;
    after = next;
  }
}

/** Further nobody counts: a month of minutes would take seconds. */
const MOST_COUNTED = 1_000;

/** How many ticks there are from one until an instant, with both; `MOST_COUNTED` and one more when there are more. */
function countTicks(cron: string, timeZone: string, tick: Date, until: Date): number {
  let count = 1;
  for (let at = nextTick(cron, timeZone, tick); at && at <= until && count <= MOST_COUNTED; count += 1)
    at = nextTick(cron, timeZone, at);
  return count;
}

/** Which times were missed at a tick that comes late, and what is done about them, for the schedule's log. */
export function missedWords(
  schedule: { readonly cron: string; readonly timeZone: string; readonly missed: MissedPolicy },
  tick: Date,
  now: Date,
): string {
  const { cron, timeZone, missed } = schedule;
  const when = formatTick(tick, timeZone);
  // What is made up for stands for every time that has passed; what is left out ends before the one that starts.
  const end = missed === "skip" ? planTick(schedule, tick, now).next : null;
  const count = countTicks(cron, timeZone, tick, end && end <= now ? new Date(end.getTime() - 1) : now);
  const most = MOST_COUNTED.toLocaleString("en-US");
  const times = `${count > MOST_COUNTED ? `more than ${most}` : count} times, from ${when} on`;
  return `It could not start ${count === 1 ? `on ${when}` : times}: ${missed === "skip" ? "left out" : "made up for once"}.`;
}

/** What to do about a tick whose time has come. */
export function planTick(
  schedule: { readonly cron: string; readonly timeZone: string; readonly missed: MissedPolicy },
  tick: Date,
  now: Date,
): TickPlan {
  const { cron, timeZone, missed } = schedule;
  const next = nextTick(cron, timeZone, now > tick ? now : tick);
  const newest = onTimeStill(cron, timeZone, tick, now);
  const isMissed = isLateAt(tick, now) || newest !== null;
  if (!isMissed || missed !== "skip") return { action: "start", isMissed, next };
  return { action: "skip", isMissed, next: newest ?? next };
}
