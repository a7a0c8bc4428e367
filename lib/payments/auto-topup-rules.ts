import type { Micros } from "@/lib/money";

export type AutoTopup = { isOn: boolean; threshold: Micros; amount: Micros; monthlyMax: Micros };

/**
 * Whether credit is to be bought now, and how much. Micros.
 * @param left what can be spent without going into debt
 * @param bought what was bought automatically this month, payments under way included
 */
export function autoTopupDue(auto: AutoTopup, left: Micros, bought: Micros): Micros | null {
  if (!auto.isOn || left >= auto.threshold) return null;
  return isMonthFull(auto, bought) ? null : auto.amount;
}

const AFTER_FAILURE_MS = 3_600_000;

/** A card that was just declined is left alone for an hour: until when, null while nothing has failed. */
export function triedAgainAt({ failures, updatedAt }: { failures: number; updatedAt: Date }): Date | null {
  return failures > 0 ? new Date(updatedAt.getTime() + AFTER_FAILURE_MS) : null;
}

/** Whether another purchase would be more than a month may bring: then none is made before the next one. */
export function isMonthFull(
  { amount, monthlyMax }: Pick<AutoTopup, "amount" | "monthlyMax">,
  bought: Micros,
) {
  return bought + amount > monthlyMax;
}
