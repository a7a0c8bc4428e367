const DAYS = ["Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays"] as const;

/** What people call usual schedules. `days` is what a cron expression has behind the time of day; null where it is whole. */
export type UsualSchedule = { readonly label: string; readonly days: string | null; readonly cron: string };

const atNine = (label: string, days: string): UsualSchedule => ({ label, days, cron: `0 9 ${days}` });

export const USUAL_SCHEDULES: readonly UsualSchedule[] = [
  atNine("Weekdays", "* * 1-5"),
  atNine("Every day", "* * *"),
  ...[1, 2, 3, 4, 5, 6, 0].map((day) => atNine(DAYS[day] ?? "", `* * ${day}`)),
  atNine("The first of the month", "1 * *"),
  { label: "Every hour", days: null, cron: "0 * * * *" },
  { label: "Every 15 minutes", days: null, cron: "*/15 * * * *" },
];

const AT_A_TIME = /^(\d{1,2}) (\d{1,2}) (\S+ \S+ \S+)$/;

/** The usual schedule that an expression is, and its time of day as `09:00`; null for any other. */
export function usualSchedule(cron: string): { usual: UsualSchedule; time: string | null } | null {
  const text = cron.trim().replace(/\s+/g, " ");
  const whole = USUAL_SCHEDULES.find((one) => one.days === null && one.cron === text);
  if (whole) return { usual: whole, time: null };
  const [, minute = "", hour = "", days] = AT_A_TIME.exec(text) ?? [];
  const usual = days === undefined ? undefined : USUAL_SCHEDULES.find((one) => one.days === days);
  if (!usual || Number(minute) > 59 || Number(hour) > 23) return null;
  return { usual, time: `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}` };
}

/** The expression of a usual schedule at a time of day such as `14:30`. */
export function cronAt({ days, cron }: UsualSchedule, time: string | null): string {
  const [, hour, minute] = /^(\d\d):(\d\d)/.exec(time ?? "") ?? [];
  return days === null || hour === undefined ? cron : `${Number(minute)} ${Number(hour)} ${days}`;
}

/** When a schedule starts, for people; null for an expression that has no usual words. */
export function scheduleWords(cron: string): string | null {
  const found = usualSchedule(cron);
  if (!found) return null;
  return found.time === null ? found.usual.label : `${found.usual.label} at ${found.time}`;
}
