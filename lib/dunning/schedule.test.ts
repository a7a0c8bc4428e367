import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  DUNNING_STEPS,
  type DunnedInvoice,
  stageAt,
  standingOf,
  stepAfterGrace,
  timeOfStage,
} from "./schedule";

const DAY = 86_400_000;
const due = new Date("2026-01-31T12:00:00Z");
const later = (days: number) => new Date(due.getTime() + days * DAY);

/** Looks at an invoice at each of these times, and makes the steps that have come. Gives the day and name of each. */
function look(times: readonly Date[], from: DunnedInvoice = fresh()): string[] {
  let invoice = from;
  return times.flatMap((now) => {
    const found = stageAt(invoice, now);
    if (!found) return [];
    invoice = { ...invoice, dunningStage: found.step.stage, nextAttemptAt: found.nextAt };
    return [`${Math.round((now.getTime() - due.getTime()) / DAY)} ${found.step.name}`];
  });
}

const fresh = (): DunnedInvoice => ({ dunningStage: 0, dueDate: due, nextAttemptAt: null });
const hours = (count: number) => Array.from({ length: count }, (_, hour) => later(hour / 24));

describe("the steps of an unpaid invoice", () => {
  it("come on days 0, 2, 7, 14, 21 and 30, across the ends of months", () => {
    expect(look([later(-1), ...hours(24 * 40)])).toEqual([
      "0 overdue",
      "2 partner_told",
      "7 starts_blocked",
      "14 last_warning",
      "21 suspended",
      "30 uncollectible",
    ]);
  });

  it("are made one at a time, with their days between them, when nobody looked for long", () => {
    expect(
      look([later(100), later(100), later(101), later(102), later(106), later(107), later(130)]),
    ).toEqual(["100 overdue", "102 partner_told", "107 starts_blocked", "130 last_warning"]);
  });

  it("never come before their day, nor twice, whenever somebody looks", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -48, max: 24 * 60 }), { maxLength: 200 }), (ats) => {
        const times = ats.toSorted((a, b) => a - b).map((hour) => later(hour / 24));
        const made = look(times).map((line) => line.split(" ") as [string, string]);
        expect(made.map(([, name]) => name)).toEqual(
          DUNNING_STEPS.slice(0, made.length).map(({ name }) => name),
        );
        for (const [index, [day]] of made.entries()) {
          expect(Number(day)).toBeGreaterThanOrEqual(DUNNING_STEPS[index]?.day ?? 0);
        }
      }),
    );
  });

  it("are told of ahead", () => {
    expect(timeOfStage(fresh(), "starts_blocked")).toEqual(later(7));
    const blocked = { dunningStage: 3, dueDate: due, nextAttemptAt: later(15) };
    expect(timeOfStage(blocked, "suspended")).toEqual(later(22));
    expect(timeOfStage(blocked, "starts_blocked")).toBeNull();
  });
});

describe("how a workspace stands", () => {
  it("is what the worst of its invoices demands", () => {
    expect(standingOf([])).toEqual({ isPastDue: false, areStartsBlocked: false, isSuspended: false });
    expect(standingOf([2, 1])).toEqual({ isPastDue: true, areStartsBlocked: false, isSuspended: false });
    expect(standingOf([1, 4])).toEqual({ isPastDue: true, areStartsBlocked: true, isSuspended: false });
    expect(standingOf([6])).toEqual({ isPastDue: true, areStartsBlocked: true, isSuspended: true });
  });
});

describe("time to pay", () => {
  it("leaves the next step as many days as it had, however often it is given anew", () => {
    const blocked = { dunningStage: 3, dueDate: due, nextAttemptAt: later(14), graceUntil: null };
    const first = stepAfterGrace(blocked, later(9), later(29));
    expect(first).toEqual(later(34));
    const given = { ...blocked, nextAttemptAt: first, graceUntil: later(29) };
    expect(stepAfterGrace(given, later(10), later(40))).toEqual(later(45));
    expect(stepAfterGrace(given, later(10), later(11))).toEqual(later(16));
    expect(stepAfterGrace(given, later(31), later(40))).toEqual(later(43));
    expect(stepAfterGrace(given, later(50), later(60))).toEqual(later(60));
    expect(
      stepAfterGrace({ ...given, dunningStage: 6, nextAttemptAt: null }, later(9), later(29)),
    ).toBeNull();
  });
});
