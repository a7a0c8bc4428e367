import { describe, expect, it } from "vitest";
import { cronProblem, missedWords, nextTicks, planTick, timeZoneProblem } from "./schedule";

const iso = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(0, 16));
const next = (cron: string, zone: string, after: string, count: number) =>
  iso(nextTicks(cron, zone, new Date(after), count));

describe("the next ticks", () => {
  it("keep to the clock on the wall when it is put forward and back", () => {
    expect(next("0 9 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3)).toEqual([
      "2026-03-28T08:00",
      "2026-03-29T07:00",
      "2026-03-30T07:00",
    ]);
    expect(next("0 9 * * *", "America/New_York", "2026-10-30T20:00:00Z", 3)).toEqual([
      "2026-10-31T13:00",
      "2026-11-01T14:00",
      "2026-11-02T14:00",
    ]);
  });

  it("come at the end of the hour that spring leaves out", () => {
    expect(next("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2)).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
    expect(next("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2)).toEqual([
      "2026-03-08T07:00",
      "2026-03-09T06:30",
    ]);
  });

  it("happen once in the hour that autumn has twice, and each half hour when asked for each", () => {
    expect(next("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
    expect(next("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2)).toEqual([
      "2026-11-01T05:30",
      "2026-11-02T06:30",
    ]);
    expect(next("*/30 * * * *", "America/New_York", "2026-11-01T05:10:00Z", 4)).toEqual([
      "2026-11-01T05:30",
      "2026-11-01T06:00",
      "2026-11-01T06:30",
      "2026-11-01T07:00",
    ]);
  });

  it("keep to both where several hours are named", () => {
    const twiceADay = (after: string) => next("30 2,14 * * *", "Europe/Berlin", after, 3);
    expect(twiceADay("2026-03-28T14:00:00Z")).toEqual([
      "2026-03-29T01:00",
      "2026-03-29T12:30",
      "2026-03-30T00:30",
    ]);
    expect(twiceADay("2026-10-24T14:00:00Z")).toEqual([
      "2026-10-25T00:30",
      "2026-10-25T13:30",
      "2026-10-26T01:30",
    ]);
    expect(next("0 1-3 * * *", "Europe/Berlin", "2026-03-28T14:00:00Z", 3)).toEqual([
      "2026-03-29T00:00",
      "2026-03-29T01:00",
      "2026-03-29T23:00",
    ]);
    expect(next("0,30 * * * *", "Europe/Berlin", "2026-10-25T00:10:00Z", 3)).toEqual([
      "2026-10-25T00:30",
      "2026-10-25T01:00",
      "2026-10-25T01:30",
    ]);
  });

  it("wait for a leap year where only that has the day", () => {
    expect(next("0 9 29 2 *", "UTC", "2026-03-01T00:00:00Z", 2)).toEqual([
      "2028-02-29T09:00",
      "2032-02-29T09:00",
    ]);
  });
});

describe("what is wrong with a schedule", () => {
  it.each([
    ["60 * * * *", "“60” does not work as the minute"],
    ["0 25 * * *", "“25” does not work as the hour"],
    ["0 0 0 * *", "“0” does not work as the day of the month"],
    ["0 0 1 13 *", "“13” does not work as the month"],
    ["0 0 * * MUN", "“MUN” does not work as the day of the week"],
    ["*/0 * * * *", "“*/0” does not work as the minute"],
    ["30-10 * * * *", "“30-10” does not work as the minute"],
    ["0 9 * *", "This has 4"],
    ["0 0 9 * * *", "This has 6"],
    ["@daily", "This has 1"],
    ["", "This has 0"],
    ["0 9 30 2 *", "never start"],
  ])("%s", (cron, sentence) => {
    expect(cronProblem(cron)).toContain(sentence);
  });

  it("is nothing for what people write", () => {
    for (const cron of ["* * * * *", "0 9 * * MON-FRI", " 15  8 1,15 * * ", "0 0 L * *", "0 0 29 2 *"])
      expect(cronProblem(cron)).toBeNull();
    expect(["Europe/Berlin", " UTC "].map(timeZoneProblem)).toEqual([null, null]);
    for (const name of ["Berlin", ""]) expect(timeZoneProblem(name)).toMatch(/no such time zone/);
  });
});

describe("a tick whose time has come", () => {
  const schedule = { cron: "0 * * * *", timeZone: "UTC", missed: "skip" } as const;
  const tick = new Date("2026-05-01T10:00:00Z");
  const plan = (missed: "skip" | "run_once", now: string) =>
    planTick({ ...schedule, missed }, tick, new Date(now));

  it("starts when it is on time, or a little late", () => {
    expect(plan("skip", "2026-05-01T10:00:01Z")).toEqual({
      action: "start",
      isMissed: false,
      next: new Date("2026-05-01T11:00:00Z"),
    });
    expect(plan("skip", "2026-05-01T10:04:59Z").action).toBe("start");
  });

  it("is left out or made up for once when nothing ran, and those after it are not caught up", () => {
    const late = "2026-05-01T13:20:00Z";
    const after = new Date("2026-05-01T14:00:00Z");
    expect(plan("skip", late)).toEqual({ action: "skip", isMissed: true, next: after });
    expect(plan("run_once", late)).toEqual({ action: "start", isMissed: true, next: after });
  });

  it("is not left out with older ones while it is on time still: the newest such tick comes next", () => {
    const at = (time: string) => new Date(`2026-05-01T${time}Z`);
    expect(plan("skip", "2026-05-01T13:04:59Z")).toEqual({
      action: "skip",
      isMissed: true,
      next: at("13:00:00"),
    });
    expect(plan("skip", "2026-05-01T13:05:01Z").next).toEqual(at("14:00:00"));
    expect(plan("run_once", "2026-05-01T13:04:59Z").next).toEqual(at("14:00:00"));
    const often = { cron: "* * * * *", timeZone: "UTC", missed: "skip" } as const;
    expect(planTick(often, tick, at("13:20:30")).next).toEqual(at("13:20:00"));
  });

  it("is left out for a newer one that has come as well, also when none of them is late", () => {
    const often = { cron: "* * * * *", timeZone: "UTC", missed: "skip" } as const;
    const now = new Date("2026-05-01T10:04:30Z");
    expect(planTick(often, tick, now)).toEqual({
      action: "skip",
      isMissed: true,
      next: new Date("2026-05-01T10:04:00Z"),
    });
    expect(planTick({ ...often, missed: "run_once" }, tick, now)).toEqual({
      action: "start",
      isMissed: true,
      next: new Date("2026-05-01T10:05:00Z"),
    });
  });

  it("says in the log which times were missed, on the schedule's own clock", () => {
    const berlin = { ...schedule, timeZone: "Europe/Berlin" };
    expect(missedWords(berlin, tick, new Date("2026-05-01T10:20:00Z"))).toBe(
      "It could not start on Fri, 1 May 2026, 12:00 CEST: left out.",
    );
    expect(missedWords(berlin, tick, new Date("2026-05-01T11:02:00Z"))).toBe(
      "It could not start on Fri, 1 May 2026, 12:00 CEST: left out.",
    );
    expect(missedWords({ ...berlin, missed: "run_once" }, tick, new Date("2026-05-01T11:00:00Z"))).toBe(
      "It could not start 2 times, from Fri, 1 May 2026, 12:00 CEST on: made up for once.",
    );
    const often = { cron: "* * * * *", timeZone: "Europe/Berlin", missed: "skip" } as const;
    expect(missedWords(often, tick, new Date("2026-05-01T10:04:30Z"))).toBe(
      "It could not start 4 times, from Fri, 1 May 2026, 12:00 CEST on: left out.",
    );
    expect(missedWords(often, tick, new Date("2026-05-08T10:00:00Z"))).toBe(
      "It could not start more than 1,000 times, from Fri, 1 May 2026, 12:00 CEST on: left out.",
    );
  });

  it("is not its own successor when a clock runs fast", () => {
    expect(plan("skip", "2026-05-01T09:59:59.500Z").next).toEqual(new Date("2026-05-01T11:00:00Z"));
  });
});
