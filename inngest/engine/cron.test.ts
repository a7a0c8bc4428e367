import { expect, it } from "vitest";
import { nextTick } from "./cron";

it.each([
  ["* * * * *", "2026-03-01T10:00:30Z", "2026-03-01T10:01:00.000Z"],
  ["0 3 * * *", "2026-03-01T10:00:00Z", "2026-03-02T03:00:00.000Z"],
  ["TZ=America/New_York 0 9 * * 1", "2026-03-07T00:00:00Z", "2026-03-09T13:00:00.000Z"],
  // Clocks go forward in Berlin on 29 March: the same local hour is one hour earlier.
  ["TZ=Europe/Berlin 0 12 * * *", "2026-03-28T12:00:00Z", "2026-03-29T10:00:00.000Z"],
  ["TZ=Asia/Kolkata 30 5 * * *", "2026-03-01T00:00:01Z", "2026-03-02T00:00:00.000Z"],
])("%s after %s is %s", (expression, after, expected) => {
  expect(nextTick(expression, new Date(after))?.toISOString()).toBe(expected);
});

it("refuses what is no schedule", () => {
  expect(() => nextTick("every monday", new Date())).toThrow();
  expect(() => nextTick("TZ=Nowhere/City * * * * *", new Date())).toThrow();
});
