import { describe, expect, it } from "vitest";
import { shareCents } from "./covered";
import { mayBecome } from "./state";
import { type TaxRate, taxCents, taxFor } from "./tax";

const rate = (country: string, percent: string, more: Partial<TaxRate> = {}): TaxRate => ({
  country,
  name: "VAT",
  percent,
  reverseCharge: false,
  effectiveFrom: new Date(0),
  effectiveTo: null,
  ...more,
});
const at = new Date(Date.UTC(2026, 10, 1));

describe("the tax of an invoice", () => {
  it("is that of the customer's country while it is in force, else that of all others", () => {
    const rates = [
      rate("DE", "16.000", { effectiveTo: at }),
      rate("DE", "19.000", { effectiveFrom: at }),
      rate("*", "7.500"),
    ];
    expect(taxFor({ country: "DE", taxId: null }, rates, at)).toEqual({
      percent: "19.000",
      note: "VAT 19 %",
    });
    expect(taxFor({ country: "DE", taxId: null }, rates, new Date(at.getTime() - 1))?.percent).toBe("16.000");
    expect(taxFor({ country: "FR", taxId: null }, rates, at)).toEqual({
      percent: "7.500",
      note: "VAT 7.5 %",
    });
    expect(taxFor({ country: null, taxId: null }, [rate("DE", "19.000")], at)).toBeNull();
  });

  it("is left to a business with a tax id where it accounts for it itself", () => {
    const rates = [rate("FR", "20.000", { reverseCharge: true })];
    expect(taxFor({ country: "FR", taxId: "FR123" }, rates, at)?.percent).toBe("0.000");
    expect(taxFor({ country: "FR", taxId: null }, rates, at)?.percent).toBe("20.000");
  });

  it("is rounded once, half away from zero, of the exact amount", () => {
    expect(taxCents(10_025_000n, "20.000")).toBe(201n);
    expect(taxCents(10_024_999n, "20.000")).toBe(200n);
    expect(taxCents(-10_025_000n, "20.000")).toBe(-201n);
    expect(taxCents(1_000_000n, "8.875")).toBe(9n);
    expect(taxCents(1_000_000_000n, "0.001")).toBe(1n);
  });
});

describe("what credit covered", () => {
  it("is shared out by the largest remainder, and always adds up", () => {
    const covered = [
      { source: "plan" as const, amountMicros: 33_334n },
      { source: "promo" as const, amountMicros: 33_333n },
      { source: "paid" as const, amountMicros: 33_333n },
    ];
    expect(shareCents(covered, 10n).map((part) => part.amountCents)).toEqual([4n, 3n, 3n]);
    expect(shareCents(covered, 14n).reduce((sum, part) => sum + part.amountCents, 0n)).toBe(14n);
    expect(shareCents([{ source: "plan", amountMicros: -5_000n }], -1n)).toMatchObject([
      { amountCents: -1n },
    ]);
  });
});

describe("the state of an invoice", () => {
  it("moves forward only", () => {
    expect(mayBecome("draft", "pending") && mayBecome("overdue", "paid")).toBe(true);
    expect(
      mayBecome("uncollectible", "void") &&
        mayBecome("uncollectible", "paid") &&
        mayBecome("paid", "partially_refunded"),
    ).toBe(true);
    for (const [from, to] of [
      ["void", "paid"],
      ["paid", "pending"],
      ["paid", "void"],
      ["refunded", "paid"],
    ] as const)
      expect(mayBecome(from, to), `${from} to ${to}`).toBe(false);
  });
});
