/** How often a plan's fee is asked for: each month, or a year in advance. */
export const BILLING_CYCLES = ["monthly", "annual"] as const;
export type BillingCycle = (typeof BILLING_CYCLES)[number];

export const CYCLE_LABELS: Readonly<Record<BillingCycle, string>> = { monthly: "Monthly", annual: "Annual" };
/** `$29.00 a month`. */
export const CYCLE_UNITS: Readonly<Record<BillingCycle, string>> = { monthly: "month", annual: "year" };

/** Reads a stored cycle; what is not set is monthly. */
export function cycleOf(text: string | null): BillingCycle {
  return text === "annual" ? "annual" : "monthly";
}
