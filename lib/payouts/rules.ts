import { centsToMicros, type Micros } from "@/lib/money";

/** A payout's states, and which follows which. `sent`: the money left us; `paid`: it is at the partner's bank. */
const FORWARD = {
  draft: ["approved", "cancelled"],
  approved: ["sending", "paid", "cancelled"],
  sending: ["approved", "sent", "failed"],
  sent: ["paid", "reversed"],
  // A bank may return what it had taken.
  paid: ["sent", "reversed"],
  failed: ["approved", "paid", "cancelled"],
  reversed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type PayoutStatus = keyof typeof FORWARD;
export const PAYOUT_STATUSES = Object.keys(FORWARD) as readonly PayoutStatus[];

/** Whether a payout may go from one state to another. */
export function mayBecome(from: PayoutStatus, to: PayoutStatus): boolean {
  return (FORWARD[from] as readonly string[]).includes(to);
}

/** Whether it may still be cancelled: nobody has been asked to send it, or they refused. */
export const mayCancel = (status: PayoutStatus) => mayBecome(status, "cancelled");

/** Whether its payment may be recorded by hand. */
export const mayRecord = (status: PayoutStatus) => status === "approved" || status === "failed";

/** Least a payout may be, in cents, and what it is unless the partner chose otherwise. */
export const DEFAULT_MINIMUM_CENTS = 5000n;
export const LEAST_MINIMUM_CENTS = 1000n;
export const MOST_MINIMUM_CENTS = 1_000_000n;

/** How much credit a partner may promise beyond what can be paid to it, unless an admin said otherwise. Micros. */
export const DEFAULT_PROMO_ALLOWANCE = 100_000_000n;

export type PayoutAmount = { amountCents: bigint; carryOut: Micros };

/**
 * What is paid of commission: whole cents, rounded down; the fraction is carried to the next payout, and so is what
 * is kept for credit that the partner promised.
 * @param gross the exact sum of what is paid for, micros @param carryIn what was left over before, micros @param kept micros
 * @returns null when it is less than the minimum: nothing is paid, and nothing is lost
 */
export function payoutOf(
  gross: Micros,
  carryIn: Micros,
  minimumCents: bigint,
  kept: Micros = 0n,
): PayoutAmount | null {
  const total = gross + carryIn;
  const paid = total - kept;
  if (paid <= 0n || paid < centsToMicros(minimumCents)) return null;
  const amountCents = paid / centsToMicros(1n);
  return { amountCents, carryOut: total - centsToMicros(amountCents) };
}

const HOLDING_DAYS = 30;

/** What was earned before this instant may be paid at `at`: most disputes are over by then. */
export function earnedUntil(at: Date): Date {
  return new Date(at.getTime() - HOLDING_DAYS * 86_400_000);
}
