import { divideRounded, type Micros } from "@/lib/money";

/** The tax of a country (`*`: of every other one) while it is in force: `[from, to)`. */
export type TaxRate = {
  country: string;
  name: string;
  /** `numeric(6,3)`, e.g. `"19.000"`. */
  percent: string;
  /** A business with a tax id accounts for it itself. */
  reverseCharge: boolean;
  effectiveFrom: Date;
  effectiveTo: Date | null;
};

export type Tax = { percent: string; note: string };

/** The tax on what a customer is billed at an instant; null when there is none to speak of. */
export function taxFor(
  customer: { country: string | null; taxId: string | null },
  rates: readonly TaxRate[],
  at: Date,
): Tax | null {
  const inForce = rates.filter(
    (rate) => rate.effectiveFrom <= at && (rate.effectiveTo === null || at < rate.effectiveTo),
  );
  const rate =
    inForce.find((one) => one.country === customer.country) ?? inForce.find((one) => one.country === "*");
  if (!rate) return null;
  if (rate.reverseCharge && customer.taxId)
    return { percent: "0.000", note: `${rate.name}: reverse charge, the customer accounts for the tax.` };
  return { percent: rate.percent, note: `${rate.name} ${shortPercent(rate.percent)} %` };
}

/** `19.000` as `19`, `7.500` as `7.5`. */
function shortPercent(percent: string): string {
  return percent.includes(".") ? percent.replace(/\.?0+$/, "") : percent;
}

/** Cents of tax on an exact amount, rounded once, half away from zero. */
export function taxCents(baseMicros: Micros, percent: string): bigint {
  const [whole = "0", fraction = ""] = percent.split(".");
  const thousandths = BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, "0"));
  // Micros times thousandths of a percent: 10,000 micros a cent, 100,000 thousandths in the whole.
  return divideRounded(baseMicros * thousandths, 1_000_000_000n);
}
