import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { monthInput } from "./input";
import {
  anchoredPeriod,
  closableMonths,
  isClosable,
  monthOf,
  parseMonth,
  periodAt,
  periodsDue,
  periodsEndingIn,
  previousMonth,
} from "./period";

const utc = (text: string) => new Date(`${text}Z`);
const days = (periods: { start: Date; end: Date }[]) =>
  periods.map(({ start, end }) => `${start.toISOString().slice(0, 10)}/${end.toISOString().slice(0, 10)}`);
const anyDate = fc.date({
  min: new Date(Date.UTC(2000, 0)),
  max: new Date(Date.UTC(2100, 0)),
  noInvalidDate: true,
});

describe("a calendar period", () => {
  it("is half-open in UTC and follows the one before", () => {
    fc.assert(
      fc.property(anyDate, (instant) => {
        const period = monthOf(instant);
        expect(instant >= period.start && instant < period.end).toBe(true);
        expect(previousMonth(instant).end).toEqual(period.start);
        expect(monthOf(period.end).start).toEqual(period.end);
      }),
    );
  });

  it("is read where its bounds are dates of four-digit years, and is no month elsewhere", () => {
    expect(parseMonth("2026-12")).toEqual({ start: utc("2026-12-01T00:00"), end: utc("2027-01-01T00:00") });
    for (const text of ["9999-12", "0026-01", "0000-12", "2026-13", "2026-00"]) {
      expect(parseMonth(text), text).toBeNull();
      expect(monthInput.safeParse(text).success, text).toBe(false);
    }
  });

  it("is closed only when late usage has had its hour", () => {
    const january = parseMonth("2026-01");
    expect(january && isClosable(january, utc("2026-02-01T00:59:59"))).toBe(false);
    expect(january && isClosable(january, utc("2026-02-01T01:00:00"))).toBe(true);
    expect(closableMonths(utc("2026-02-01T00:59:59"), 2)).toEqual(["2025-12", "2025-11"]);
    expect(closableMonths(utc("2026-02-01T01:00:00"), 2)).toEqual(["2026-01", "2025-12"]);
    expect(parseMonth("2026-13")).toBeNull();
  });
});

describe("an anchored period", () => {
  it.each([
    ["2026-01-31T08:30:00", "2026-02-10T00:00:00", "2026-01-31T08:30:00", "2026-02-28T08:30:00"],
    ["2026-01-31T08:30:00", "2026-02-28T08:29:59", "2026-01-31T08:30:00", "2026-02-28T08:30:00"],
    ["2026-01-31T08:30:00", "2026-02-28T08:30:00", "2026-02-28T08:30:00", "2026-03-31T08:30:00"],
    ["2028-01-31T00:00:00", "2028-02-29T00:00:00", "2028-02-29T00:00:00", "2028-03-31T00:00:00"],
    ["2028-02-29T12:00:00", "2029-02-28T11:00:00", "2029-01-29T12:00:00", "2029-02-28T12:00:00"],
    ["2028-02-29T12:00:00", "2032-02-29T12:00:00", "2032-02-29T12:00:00", "2032-03-29T12:00:00"],
    ["2026-12-31T23:59:59", "2027-01-01T00:00:00", "2026-12-31T23:59:59", "2027-01-31T23:59:59"],
    ["2026-10-15T00:00:00", "2027-01-01T00:00:00", "2026-12-15T00:00:00", "2027-01-15T00:00:00"],
    // Where clocks change, the day has 23 or 25 hours; in UTC it does not.
    ["2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-09-29T02:30:00", "2026-10-29T02:30:00"],
  ])("from %s holds %s in [%s, %s)", (anchor, at, start, end) => {
    expect(anchoredPeriod(utc(anchor), utc(at))).toEqual({ start: utc(start), end: utc(end) });
  });

  it("holds its instant and joins the next without a hole, whatever the day of the anchor", () => {
    fc.assert(
      fc.property(anyDate, fc.nat(4_000), (anchor, later) => {
        const at = new Date(anchor.getTime() + later * 86_400_000);
        const period = anchoredPeriod(anchor, at);
        expect(period.start <= at && at < period.end).toBe(true);
        const next = anchoredPeriod(anchor, period.end);
        expect(next.start).toEqual(period.end);
        const lastDay = new Date(
          Date.UTC(period.end.getUTCFullYear(), period.end.getUTCMonth() + 1, 0),
        ).getUTCDate();
        expect(period.end.getUTCDate()).toBe(Math.min(anchor.getUTCDate(), lastDay));
      }),
    );
  });
});

describe("the period in which a tenant came to another seller", () => {
  const cut = utc("2026-11-12T15:00:00");
  const before = { start: utc("2026-11-01T00:00:00"), end: cut };
  const after = { start: cut, end: utc("2026-12-01T00:00:00") };

  it("ends there, and that very instant is the new seller's", () => {
    expect(periodAt(null, new Date(cut.getTime() - 1), [cut])).toEqual(before);
    expect(periodAt(null, cut, [cut])).toEqual(after);
    expect(periodAt(null, new Date(cut.getTime() + 1), [cut])).toEqual(after);
  });

  it("is cut as often as that was, and as its plan's month is where there is one", () => {
    const again = utc("2026-11-20T00:00:00");
    expect(periodAt(null, utc("2026-11-15T00:00:00"), [cut, again])).toEqual({ start: cut, end: again });
    const anchor = utc("2026-10-15T09:00:00");
    expect(periodAt(anchor, utc("2026-11-14T00:00:00"), [cut, again])).toEqual({
      start: cut,
      end: utc("2026-11-15T09:00:00"),
    });
  });
});

describe("the periods that are due", () => {
  it("follow the plan's day: the 31st falls on a month's last day and comes back", () => {
    const due = periodsDue(
      utc("2027-12-31T00:00:00"),
      utc("2027-12-31T00:00:00"),
      utc("2028-05-01T00:00:00"),
    );
    expect(days(due)).toEqual([
      "2027-12-31/2028-01-31",
      "2028-01-31/2028-02-29",
      "2028-02-29/2028-03-31",
      "2028-03-31/2028-04-30",
    ]);
  });

  it("begin with the part of the month before the plan", () => {
    const anchor = utc("2026-11-26T09:00:00");
    expect(days(periodsDue(anchor, utc("2026-10-01T00:00:00"), utc("2027-01-01T00:00:00")))).toEqual([
      "2026-10-01/2026-11-01",
      "2026-11-01/2026-11-26",
      "2026-11-26/2026-12-26",
    ]);
    expect(periodsDue(anchor, anchor, utc("2026-12-26T09:59:59"))).toEqual([]);
    expect(days(periodsDue(anchor, null, utc("2026-11-26T10:00:00")))).toEqual(["2026-11-01/2026-11-26"]);
  });

  it("are none when the last one is closed, and the last one alone when none ever was", () => {
    const now = utc("2027-01-01T01:00:00");
    expect(periodsDue(null, utc("2027-01-01T00:00:00"), now)).toEqual([]);
    expect(days(periodsDue(null, null, now))).toEqual(["2026-12-01/2027-01-01"]);
    expect(days(periodsDue(null, utc("2026-12-26T09:00:00"), now))).toEqual(["2026-12-26/2027-01-01"]);
  });

  it("never overlap, and leave nothing out up to the last that is over", () => {
    fc.assert(
      fc.property(fc.option(anyDate), anyDate, fc.nat(900), (anchor, from, length) => {
        const now = new Date(from.getTime() + length * 86_400_000);
        const due = periodsDue(anchor, from, now);
        due.reduce((end, period) => {
          expect(period.start).toEqual(end);
          expect(isClosable(period, now)).toBe(true);
          return period.end;
        }, from);
        const end = due.at(-1)?.end ?? from;
        expect(isClosable(periodAt(anchor, end), now)).toBe(false);
      }),
    );
  });

  it("are named by the calendar month in which they end", () => {
    const november = monthOf(utc("2026-11-10T00:00:00"));
    const anchor = utc("2026-09-15T10:00:00");
    expect(days(periodsEndingIn(null, null, november))).toEqual(["2026-11-01/2026-12-01"]);
    expect(days(periodsEndingIn(anchor, null, november))).toEqual(["2026-10-15/2026-11-15"]);
    expect(days(periodsEndingIn(null, utc("2026-11-15T10:00:00"), november))).toEqual([
      "2026-11-15/2026-12-01",
    ]);
    expect(days(periodsEndingIn(utc("2026-08-31T00:00:00"), null, november))).toEqual([
      "2026-10-31/2026-11-30",
    ]);
  });
});
