import { divideRounded, type Micros } from "@/lib/money";

/** What of a ledger row a correction takes back. */
export type Amounts = {
  readonly quantityMicros: bigint;
  readonly platformMicros: Micros;
  readonly tenantMicros: Micros;
  readonly commissionMicros: Micros;
};

/**
 * The part of a row that takes back `amount` of what the tenant paid, when `taken` of it was taken back before, each as
 * less than nothing. Parts are cut at rounded places of the whole, so that together they are exactly the row: a row of a
 * cent in three parts leaves nothing over. `tenantMicros` must be more than nothing.
 */
export function correctionOf(whole: Amounts, taken: Micros, amount: Micros): Amounts {
  const upTo = (value: bigint, cost: Micros) => divideRounded(value * cost, whole.tenantMicros);
  const part = (value: bigint) => upTo(value, taken) - upTo(value, taken + amount);
  const commissionMicros = part(whole.commissionMicros);
  return {
    quantityMicros: part(whole.quantityMicros),
    tenantMicros: -amount,
    commissionMicros,
    platformMicros: -amount - commissionMicros,
  };
}
