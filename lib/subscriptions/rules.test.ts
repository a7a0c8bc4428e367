import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LEAST_CENTS } from "@/lib/billing/least";
import { anchoredPeriod } from "@/lib/billing/period";
import { centsToMicros } from "@/lib/money";
import type { BillingCycle } from "@/lib/plans/cycles";
import { changeOf, feeSpan, type Held, paidSpan, planFees, rankOf, remainingPart, type Terms } from "./rules";

const utc = (text: string) => new Date(`${text}Z`);
const iso = (instant: Date) => instant.toISOString().replace(".000Z", "");

function terms(planId: string, cycle: BillingCycle, monthly: bigint, allowance = 0n): Terms {
  const cents = cycle === "monthly" ? monthly : monthly * 10n;
  return {
    planId,
    name: planId,
    cycle,
    cents,
    yearlyCents: rankOf(cycle, cents, monthly),
    allowanceMicros: allowance,
  };
}

/** Has a plan since its anchor, in the period that holds `at`. */
function held(own: Terms, anchor: Date, at: Date): Held {
  const period = anchoredPeriod(anchor, at);
  const yearStart = Array.from({ length: 20 }, (_, year) => feeSpanYears(anchor, year)).findLast(
    (start) => start <= at,
  );
  const paidThrough =
    own.cycle === "monthly" ? period.end : feeSpan(anchor, yearStart ?? anchor, "annual").end;
  return { ...own, anchor, period, paidThrough };
}

function feeSpanYears(anchor: Date, years: number): Date {
  let start = anchor;
  for (let year = 0; year < years; year += 1) start = feeSpan(anchor, start, "annual").end;
  return start;
}

const cents = (change: ReturnType<typeof changeOf>) =>
  "fees" in change ? change.fees.map((fee) => fee.amountMicros / centsToMicros(1n)) : [];

describe("the time that a fee pays for", () => {
  it.each([
    ["2026-01-31T10:00:00", "monthly", ["2026-02-28T10:00:00", "2026-03-31T10:00:00", "2026-04-30T10:00:00"]],
    ["2028-01-30T00:00:00", "monthly", ["2028-02-29T00:00:00", "2028-03-30T00:00:00"]],
    [
      "2028-02-29T08:30:00",
      "annual",
      ["2029-02-28T08:30:00", "2030-02-28T08:30:00", "2031-02-28T08:30:00", "2032-02-29T08:30:00"],
    ],
    // Clocks change in Europe and America: not here.
    ["2026-03-29T00:30:00", "monthly", ["2026-04-29T00:30:00"]],
    ["2026-10-25T01:30:00", "monthly", ["2026-11-25T01:30:00"]],
    ["2026-12-31T23:59:59", "monthly", ["2027-01-31T23:59:59", "2027-02-28T23:59:59", "2027-03-31T23:59:59"]],
  ] as const)("from %s, %s", (start, cycle, ends) => {
    const anchor = utc(start);
    let at = anchor;
    for (const end of ends) {
      const span = feeSpan(anchor, at, cycle);
      expect(iso(span.end)).toBe(end);
      expect(iso(paidSpan({ anchor, paidThrough: span.end, cycle }).start)).toBe(iso(at));
      at = span.end;
    }
  });

  it("follows without a hole, whatever day it began on", () => {
    const anyAnchor = fc.date({
      min: utc("2000-01-01T00:00:00"),
      max: utc("2060-01-01T00:00:00"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(anyAnchor, fc.constantFrom("monthly" as const, "annual" as const), (anchor, cycle) => {
        let at = anchor;
        for (let n = 0; n < 26; n += 1) {
          const span = feeSpan(anchor, at, cycle);
          expect(span.start).toEqual(at);
          expect(span.end > at).toBe(true);
          expect(paidSpan({ anchor, paidThrough: span.end, cycle })).toEqual(span);
          at = span.end;
        }
      }),
    );
  });
});

describe("what is left of an amount", () => {
  const january = { start: utc("2026-01-01T00:00:00"), end: utc("2026-02-01T00:00:00") };

  it("goes by the second, half away from zero", () => {
    // Half of 31 days.
    const middle = utc("2026-01-16T12:00:00");
    expect(remainingPart(9_900n, january, middle)).toBe(4_950n);
    expect(remainingPart(1n, january, middle)).toBe(1n);
    expect(remainingPart(-1n, january, middle)).toBe(-1n);
    expect(remainingPart(9_900n, january, new Date(middle.getTime() + 1_000))).toBe(4_950n);
    expect(remainingPart(2_678_400n, january, utc("2026-01-31T23:59:59"))).toBe(1n);
  });

  it("is all of it at the start, nothing at the end, and never grows in between", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 100_000_000n }),
        fc.integer({ min: -10, max: 2_678_410 }),
        fc.integer({ min: 0, max: 1_000 }),
        (amount, second, later) => {
          const at = new Date(january.start.getTime() + second * 1_000);
          const part = remainingPart(amount, january, at);
          expect(part >= 0n && part <= amount).toBe(true);
          expect(remainingPart(amount, january, new Date(at.getTime() + later * 1_000)) <= part).toBe(true);
          expect(remainingPart(-amount, january, at)).toBe(-part);
        },
      ),
    );
    expect(remainingPart(7n, january, january.start)).toBe(7n);
    expect(remainingPart(7n, january, january.end)).toBe(0n);
  });
});

describe("choosing a plan", () => {
  const starter = (cycle: BillingCycle) => terms("starter", cycle, 2_900n, 20_000_000n);
  const team = (cycle: BillingCycle) => terms("team", cycle, 9_900n, 80_000_000n);
  const anchor = utc("2026-01-31T00:00:00");

  it("starts for the whole fee, in advance", () => {
    const change = changeOf(null, team("annual"), anchor);
    expect(change).toMatchObject({ kind: "start", span: { end: utc("2027-01-31T00:00:00") } });
    expect(cents(change)).toEqual([99_000n]);
  });

  it("a higher one holds at once: two lines, by the second", () => {
    // 14 of the 28 days from 31 January to 28 February are left.
    const at = utc("2026-02-14T00:00:00");
    const change = changeOf(held(starter("monthly"), anchor, at), team("monthly"), at);
    expect(change).toMatchObject({ kind: "now", span: { end: utc("2026-02-28T00:00:00") } });
    expect(cents(change)).toEqual([-1_450n, 4_950n]);
    // Half of the month is left: half of what the plan includes more.
    expect(change).toMatchObject({ allowanceMicros: 30_000_000n });
  });

  it("a year in advance holds at once, from the month that runs", () => {
    const at = utc("2026-02-14T00:00:00");
    const change = changeOf(held(starter("monthly"), anchor, at), starter("annual"), at);
    // The year is 365 days from 31 January; 351 are left. Rounded half away from zero: 29,000 * 351 / 365.
    expect(change).toMatchObject({
      kind: "now",
      span: { end: utc("2027-01-31T00:00:00") },
      allowanceMicros: 0n,
    });
    expect(cents(change)).toEqual([-1_450n, 27_888n]);
  });

  it.each([
    ["a lower one", team("monthly"), starter("monthly")],
    ["a lower one by the year", team("monthly"), starter("annual")],
    ["a month instead of a year", starter("annual"), starter("monthly")],
    ["a higher one by the month instead of the year", starter("annual"), team("monthly")],
  ])("%s waits until what is paid is over", (_, own, wanted) => {
    const at = utc("2026-02-14T00:00:00");
    const now = held(own, anchor, at);
    expect(changeOf(now, wanted, at)).toEqual({ kind: "later", at: now.paidThrough });
  });

  it("what somebody has is nothing new", () => {
    const at = utc("2026-02-14T00:00:00");
    expect(changeOf(held(team("annual"), anchor, at), team("annual"), at)).toEqual({ kind: "same" });
  });

  it("never gives money back at once, and each of several changes costs what it is worth, or too little for a card", () => {
    const amounts = fc.tuple(
      fc.bigInt({ min: 0n, max: 100_000n }),
      fc.bigInt({ min: 0n, max: 100_000n }),
      fc.bigInt({ min: 0n, max: 100_000n }),
    );
    fc.assert(
      fc.property(amounts, fc.nat(2_400_000), fc.nat(2_400_000), (prices, first, second) => {
        const [a, b, c] = [...prices].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0)) as [
          bigint,
          bigint,
          bigint,
        ];
        const start = utc("2026-01-31T00:00:00");
        const [t1, t2] = [Math.min(first, second), Math.max(first, second)].map(
          (s) => new Date(start.getTime() + s * 1_000),
        ) as [Date, Date];
        const one = changeOf(held(terms("a", "monthly", a), start, t1), terms("b", "monthly", b), t1);
        const two = changeOf(held(terms("b", "monthly", b), start, t2), terms("c", "monthly", c), t2);
        expect(one.kind).toBe("now");
        expect(two.kind).toBe("now");
        // Each step up is worth what it is over the time that is left of it, to the cent each line is rounded to.
        const period = anchoredPeriod(start, t1);
        const steps = [
          { asked: cents(one), worth: remainingPart((b - a) * 1_000n, period, t1) },
          { asked: cents(two), worth: remainingPart((c - b) * 1_000n, period, t2) },
        ];
        for (const { asked, worth } of steps) {
          const sum = asked.reduce((total, part) => total + part, 0n);
          const off = sum * 1_000n - worth;
          if (sum === 0n) expect(worth).toBeLessThan(LEAST_CENTS * 1_000n + 1_001n);
          else expect([sum >= LEAST_CENTS, off <= 1_001n && off >= -1_001n]).toEqual([true, true]);
        }
      }),
    );
  });

  it("a plan that costs nothing makes no line", () => {
    expect(planFees(terms("free", "monthly", 0n), anchoredPeriod(anchor, anchor))).toEqual([]);
  });
});
