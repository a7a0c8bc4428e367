import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildInvoice, formatInvoiceNumber, type UsageGroup } from "./invoice";
import { isClosable, monthOf, parseMonth, previousMonth } from "./period";

const group = fc.record({
  resourceType: fc.constantFrom("text_tokens_input", "text_tokens_output", "workflow_node"),
  unit: fc.constant("1M_tokens"),
  modelKey: fc.option(fc.constantFrom("a", "b"), { nil: null }),
  rateMicros: fc.bigInt({ min: 0n, max: 10_000_000n }),
  quantityMicros: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  amountMicros: fc.bigInt({ min: 0n, max: 1_000_000_000n }),
  serviceStart: fc.constantFrom(new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 1, 1))),
  serviceEnd: fc.constant(new Date(Date.UTC(2026, 2, 1))),
});

function distinct(groups: UsageGroup[]): UsageGroup[] {
  const keyOf = (g: UsageGroup) =>
    [g.serviceStart.getTime(), g.resourceType, g.modelKey, g.rateMicros].join();
  return [...new Map(groups.map((g) => [keyOf(g), g])).values()];
}

describe("an invoice", () => {
  it("is the same whatever order its usage comes in, and its total is the sum of its lines", () => {
    fc.assert(
      fc.property(fc.array(group, { maxLength: 20 }).map(distinct), fc.nat(), (groups, turn) => {
        const at = groups.length ? turn % groups.length : 0;
        const one = buildInvoice(groups);
        expect(buildInvoice([...groups.slice(at), ...groups.slice(0, at)])).toEqual(one);
        expect(one.totalCents).toBe(one.lines.reduce((sum, line) => sum + line.amountCents, 0n));
        for (const line of one.lines) {
          const drift = line.amountCents * 10_000n - line.amountMicros;
          expect(drift <= 5_000n && drift >= -5_000n).toBe(true);
        }
      }),
    );
  });

  it("has a number people can read", () => {
    expect(formatInvoiceNumber("HB", 123, new Date(Date.UTC(2026, 11, 31, 23, 59)))).toBe("HB-2026-000123");
  });
});

describe("a period", () => {
  it("is half-open in UTC and follows the one before", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date(Date.UTC(2100, 0)), noInvalidDate: true }),
        (instant) => {
          const period = monthOf(instant);
          expect(instant >= period.start && instant < period.end).toBe(true);
          expect(previousMonth(instant).end).toEqual(period.start);
          expect(monthOf(period.end).start).toEqual(period.end);
        },
      ),
    );
  });

  it("is closed only when late usage has had its hour", () => {
    const january = parseMonth("2026-01");
    expect(january).not.toBeNull();
    if (!january) return;
    expect(isClosable(january, new Date(Date.UTC(2026, 1, 1, 0, 59)))).toBe(false);
    expect(isClosable(january, new Date(Date.UTC(2026, 1, 1, 1, 0)))).toBe(true);
    expect(parseMonth("2026-13")).toBeNull();
  });
});
