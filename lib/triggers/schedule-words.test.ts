import { expect, it } from "vitest";
import { cronProblem } from "./schedule";
import { cronAt, scheduleWords, USUAL_SCHEDULES, usualSchedule } from "./schedule-words";

it.each([
  ["0 9 * * 1-5", "Weekdays at 09:00"],
  ["30 14 * * *", "Every day at 14:30"],
  ["5 7 * * 0", "Sundays at 07:05"],
  ["0  9 1 * * ", "The first of the month at 09:00"],
  ["*/15 * * * *", "Every 15 minutes"],
  ["0 9 * * 1,3", null],
  ["0 9-17 * * 1-5", null],
  ["99 9 * * *", null],
  ["nonsense", null],
])("%s is told as %s", (cron, words) => {
  expect(scheduleWords(cron)).toBe(words);
});

it("each usual schedule is a good expression, and is found again at whatever time", () => {
  for (const usual of USUAL_SCHEDULES) {
    expect(cronProblem(usual.cron)).toBeNull();
    expect(usualSchedule(usual.cron)?.usual).toBe(usual);
    const time = usual.days === null ? null : "14:05";
    expect(usualSchedule(cronAt(usual, "14:05"))).toEqual({ usual, time });
    expect(cronProblem(cronAt(usual, "14:05"))).toBeNull();
    expect(cronAt(usual, "")).toBe(usual.cron);
  }
});
