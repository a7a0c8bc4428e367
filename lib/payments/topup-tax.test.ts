import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Taxed, taxOfBack, taxOnCredit } from "./topup-tax";

const bought = (creditCents: bigint, percent: bigint): Taxed => {
  const taxCents = (creditCents * percent * 2n + 100n) / 200n;
  return { totalCents: creditCents + taxCents, taxCents };
};

describe("the tax in what comes back of bought credit", () => {
  it("is in proportion: $10 of $50 with 19 % are $11.90, $1.90 of it tax", () => {
    const whole = bought(5000n, 19n);
    expect(taxOnCredit(whole, [], 1000n)).toBe(190n);
    expect(taxOfBack(whole, [], 1190n)).toBe(190n);
    expect(taxOfBack(bought(5000n, 0n), [], 1190n)).toBe(0n);
  });

  it("is all of it when everything has come back, in whatever parts and ways", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 500n, max: 100_000n }),
        fc.bigInt({ min: 0n, max: 30n }),
        fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 100 })), { maxLength: 6 }),
        (creditCents, percent, cuts) => {
          const whole = bought(creditCents, percent);
          const back: Taxed[] = [];
          const sum = (part: keyof Taxed) => back.reduce((total, one) => total + one[part], 0n);
          for (const [byCredit, share] of cuts) {
            const left = whole.totalCents - sum("totalCents");
            const creditLeft = creditCents - (sum("totalCents") - sum("taxCents"));
            if (byCredit) {
              const credit = (creditLeft * BigInt(share)) / 100n;
              if (credit === 0n) continue;
              const taxCents = taxOnCredit(whole, back, credit);
              back.push({ totalCents: credit + taxCents, taxCents });
            } else {
              const totalCents = (left * BigInt(share)) / 100n;
              if (totalCents === 0n) continue;
              back.push({ totalCents, taxCents: taxOfBack(whole, back, totalCents) });
            }
            const last = back.at(-1);
            expect(last && last.taxCents >= 0n && last.taxCents <= last.totalCents).toBe(true);
          }
          const rest = whole.totalCents - sum("totalCents");
          if (rest > 0n) back.push({ totalCents: rest, taxCents: taxOfBack(whole, back, rest) });
          expect(sum("taxCents")).toBe(whole.taxCents);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
