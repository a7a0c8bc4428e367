import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { microsFromNumeric, microsToNumeric } from "@/lib/money";
import { isInForce, type Rate, rateInForce, rateUsage, resolveRates, tenantRate } from "./pricing";
import { tokenQuantity } from "./resources";

const micros = fc.bigInt({ min: 0n, max: 1_000_000_000n });
const quantity = fc.bigInt({ min: 0n, max: 1_000_000_000_000n });
const day = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000);
const thing = { resourceType: "text_tokens_input", unit: "1M_tokens", modelKey: "m" };

function rate(over: Partial<Rate> = {}): Rate {
  return {
    id: "general",
    resourceType: thing.resourceType,
    unit: thing.unit,
    modelKey: null,
    rateMicros: 1_000_000n,
    effectiveFrom: day(0),
    effectiveTo: null,
    ...over,
  };
}

describe("rateInForce", () => {
  it("takes the model's own price before the general one, whatever the order", () => {
    const rates = [rate(), rate({ id: "own", modelKey: "m" }), rate({ id: "other", modelKey: "x" })];
    expect(rateInForce(rates, thing, day(1))?.id).toBe("own");
    expect(rateInForce(rates.toReversed(), thing, day(1))?.id).toBe("own");
    expect(rateInForce(rates, { ...thing, modelKey: "y" }, day(1))?.id).toBe("general");
  });

  it("is null, not zero, without a price of this resource and unit", () => {
    expect(rateInForce([rate({ modelKey: "x" })], thing, day(1))).toBeNull();
    expect(rateInForce([rate()], { ...thing, unit: "node" }, day(1))).toBeNull();
    expect(rateInForce([rate()], { ...thing, resourceType: "workflow_node" }, day(1))).toBeNull();
  });

  it("finds exactly one price at every instant of adjoining ranges", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 320 }),
        (cuts, at) => {
          const starts = [0, ...cuts.toSorted((a, b) => a - b)];
          const rates = starts.map((start, index) => {
            const end = starts[index + 1];
            const effectiveTo = end === undefined ? null : day(end);
            return rate({ id: String(start), effectiveFrom: day(start), effectiveTo });
          });
          expect(rates.filter((candidate) => isInForce(candidate, day(at)))).toHaveLength(1);
          const expected = starts.filter((start) => start <= at).at(-1);
          expect(rateInForce(rates, thing, day(at))?.id).toBe(String(expected));
        },
      ),
    );
  });
});

describe("rates and costs", () => {
  it("never lets a partner go below the base price", () => {
    fc.assert(
      fc.property(fc.option(micros), micros, (partner, system) => {
        const paid = tenantRate(partner, system);
        expect(paid >= system).toBe(true);
        expect(paid === system || paid === partner).toBe(true);
      }),
    );
  });

  it("adds up on every row and is never negative", () => {
    fc.assert(
      fc.property(quantity, fc.option(micros), micros, (quantityMicros, partner, system) => {
        const lists = {
          system: [rate({ rateMicros: system })],
          partner: partner === null ? [] : [rate({ id: "partner", rateMicros: partner })],
        };
        const pair = resolveRates(lists, thing, day(1));
        expect(pair).not.toBeNull();
        if (!pair) return;
        const cost = rateUsage({ quantityMicros, ...pair, hasPartner: partner !== null });
        expect(cost.tenantCost).toBe(cost.platformCost + cost.partnerCommission);
        expect(cost.partnerCommission >= 0n).toBe(true);
        if (partner === null) expect(cost.partnerCommission).toBe(0n);
      }),
    );
  });

  it("is within half a micro of the exact product", () => {
    fc.assert(
      fc.property(quantity, micros, (quantityMicros, system) => {
        const { platformCost } = rateUsage({
          quantityMicros,
          systemRate: system,
          tenantRate: system,
          hasPartner: false,
        });
        const error = platformCost * 1_000_000n - quantityMicros * system;
        expect(2n * (error < 0n ? -error : error) <= 1_000_000n).toBe(true);
      }),
    );
  });

  it("prices one token of a 0.15 dollar model at 0.15 micro-dollars, rounded once", () => {
    const price = { systemRate: 150_000n, tenantRate: 150_000n, hasPartner: false };
    expect(rateUsage({ quantityMicros: tokenQuantity(1), ...price }).tenantCost).toBe(0n);
    expect(rateUsage({ quantityMicros: tokenQuantity(4), ...price }).tenantCost).toBe(1n);
    expect(rateUsage({ quantityMicros: tokenQuantity(1_000_000), ...price }).tenantCost).toBe(150_000n);
    expect(microsToNumeric(tokenQuantity(1_234_567))).toBe("1.234567");
  });

  it("survives the way to the database and back", () => {
    fc.assert(
      fc.property(micros, (value) => {
        expect(microsFromNumeric(microsToNumeric(value))).toBe(value);
      }),
    );
  });
});
