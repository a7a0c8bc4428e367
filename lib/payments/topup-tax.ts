import { divideRounded } from "@/lib/money";

const within = (cents: bigint, most: bigint): bigint => (cents < 0n ? 0n : cents > most ? most : cents);

/** Money that bought credit, or that came back of it, in cents: `taxCents` of `totalCents` is tax. */
export type Taxed = { totalCents: bigint; taxCents: bigint };

const sum = (parts: readonly Taxed[], part: keyof Taxed): bigint =>
  parts.reduce((total, one) => total + one[part], 0n);

/**
 * How much of what comes back is tax: in proportion, rounded on the running sum, so that all of the tax has come back when
 * all of the money has. `earlier` is what came back before.
 */
export function taxOfBack(bought: Taxed, earlier: readonly Taxed[], totalCents: bigint): bigint {
  const after = sum(earlier, "totalCents") + totalCents;
  const taxCents = divideRounded(bought.taxCents * after, bought.totalCents) - sum(earlier, "taxCents");
  return within(taxCents, totalCents);
}

/** The same where it is known how much credit goes back: its tax comes on top. */
export function taxOnCredit(bought: Taxed, earlier: readonly Taxed[], creditCents: bigint): bigint {
  const credit = bought.totalCents - bought.taxCents;
  const after = sum(earlier, "totalCents") - sum(earlier, "taxCents") + creditCents;
  const taxCents = divideRounded(bought.taxCents * after, credit) - sum(earlier, "taxCents");
  return within(taxCents, bought.taxCents);
}
