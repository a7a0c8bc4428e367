import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type OpenLot, planBurn, shareOut } from "./burn";

const day = (n: number) => new Date(Date.UTC(2026, 0, n));
const lot = (over: Partial<OpenLot> & Pick<OpenLot, "id" | "source">): OpenLot => ({
  remaining: 10n,
  expiresAt: null,
  isFrozen: false,
  ...over,
});

describe("what pays for usage", () => {
  it("is the plan, then promotions, then money, each by expiry and age, and then nothing", () => {
    const lots = [
      lot({ id: "e", source: "paid" }),
      lot({ id: "d", source: "promo" }),
      lot({ id: "c", source: "promo", expiresAt: day(2) }),
      lot({ id: "b", source: "promo", expiresAt: day(1) }),
      lot({ id: "f", source: "paid", isFrozen: true }),
      lot({ id: "a", source: "plan", remaining: 4n }),
    ];
    expect(planBurn(lots, 50n)).toEqual([
      { lotId: "a", source: "plan", amount: 4n },
      { lotId: "b", source: "promo", amount: 10n },
      { lotId: "c", source: "promo", amount: 10n },
      { lotId: "d", source: "promo", amount: 10n },
      { lotId: "e", source: "paid", amount: 10n },
      { lotId: null, source: "receivable", amount: 6n },
    ]);
  });

  it("adds up, never takes more of a lot than there is, and shares the commission out exactly", () => {
    const sources = fc.constantFrom("plan" as const, "promo" as const, "paid" as const);
    const lots = fc.uniqueArray(
      fc.record({ id: fc.uuid(), source: sources, remaining: fc.bigInt({ min: 0n, max: 1000n }) }),
      {
        selector: ({ id }) => id,
      },
    );
    fc.assert(
      fc.property(
        lots,
        fc.bigInt({ min: 1n, max: 5000n }),
        fc.bigInt({ min: 0n, max: 5000n }),
        (some, amount, commission) => {
          const open = some.map((one) => lot(one));
          const burns = planBurn(open, amount);
          expect(burns.reduce((sum, burn) => sum + burn.amount, 0n)).toBe(amount);
          for (const burn of burns) {
            expect(burn.amount).toBeGreaterThan(0n);
            if (burn.lotId)
              expect(burn.amount).toBeLessThanOrEqual(
                open.find((one) => one.id === burn.lotId)?.remaining ?? 0n,
              );
          }
          const shares = shareOut(
            commission,
            burns.map((burn) => burn.amount),
          );
          expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(commission);
        },
      ),
    );
  });
});
