import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Amounts, correctionOf } from "./correction";

const micros = (max: bigint) => fc.bigInt({ min: 0n, max });

describe("corrections of a ledger row", () => {
  it("add up to the row, whatever parts it is taken back in", () => {
    fc.assert(
      fc.property(
        micros(10n ** 12n),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.bigInt({ min: 1n, max: 10n ** 11n }), { maxLength: 6 }),
        (quantityMicros, tenantMicros, share, amounts) => {
          const commissionMicros = (tenantMicros * BigInt(share)) / 1000n;
          const whole: Amounts = {
            quantityMicros,
            tenantMicros,
            commissionMicros,
            platformMicros: tenantMicros - commissionMicros,
          };
          let taken = 0n;
          const parts: Amounts[] = [];
          for (const amount of [...amounts, tenantMicros]) {
            let fitting = amount;
            if (fitting > tenantMicros - taken) fitting = tenantMicros - taken;
            if (fitting === 0n) continue;
            parts.push(correctionOf(whole, taken, fitting));
            taken += fitting;
          }
          const sum = (of: keyof Amounts) => parts.reduce((total, part) => total + part[of], 0n);
          for (const of of ["quantityMicros", "tenantMicros", "commissionMicros", "platformMicros"] as const)
            expect(sum(of)).toBe(-whole[of]);
          for (const part of parts)
            expect(part.tenantMicros).toBe(part.platformMicros + part.commissionMicros);
        },
      ),
    );
  });
});
