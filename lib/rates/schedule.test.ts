import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPartnerPrice, earliestFor, isTooSoon, planRate, type RateRange } from "./schedule";

const NOW = new Date(Date.UTC(2026, 0, 1));
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);

function apply(ranges: RateRange[], from: Date, id: string): RateRange[] {
  const plan = planRate(ranges, from, NOW);
  if (!plan.ok) return ranges;
  const closed = ranges.map((range) =>
    range.id === plan.close?.id ? { ...range, to: plan.close.at } : range,
  );
  return [...closed, { id, from: plan.from, to: plan.to }];
}

describe("planning a price", () => {
  it("never leaves two prices in force at once, nor a gap after the first", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 12 }), (hours) => {
        const ranges = hours.reduce<RateRange[]>(
          (all, hour, index) => apply(all, later(hour), String(index)),
          [],
        );
        const sorted = [...ranges].sort((a, b) => a.from.getTime() - b.from.getTime());
        for (const [index, range] of sorted.entries()) {
          expect(range.to).toEqual(sorted[index + 1]?.from ?? null);
        }
      }),
    );
  });

  it("does not rewrite the past", () => {
    expect(planRate([], later(-1), NOW)).toEqual({ ok: false, reason: "in_the_past" });
  });

  it("keeps a partner at or above the base price", () => {
    expect(checkPartnerPrice(99n, 100n)).toBe("below_floor");
    expect(checkPartnerPrice(100n, 100n)).toBeNull();
    expect(checkPartnerPrice(2_001n, 100n)).toBe("too_high");
    expect(checkPartnerPrice(5n, 0n)).toBeNull();
  });
});

describe("a rise above a partner's price", () => {
  it("leaves the partner 30 days, and nothing else has to wait", () => {
    const in30Days = later(30 * 24);
    expect(earliestFor(11n, 5n, [10n, 20n], NOW)).toEqual(in30Days);
    expect(earliestFor(11n, null, [10n], NOW)).toEqual(in30Days);
    expect(earliestFor(10n, 5n, [10n, 20n], NOW)).toBeNull();
    expect(earliestFor(11n, 11n, [10n], NOW)).toBeNull();
    expect(earliestFor(11n, 5n, [], NOW)).toBeNull();
    expect([later(719), later(720), later(721)].map((from) => isTooSoon(from, in30Days))).toEqual([
      true,
      false,
      false,
    ]);
  });
});
