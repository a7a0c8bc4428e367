/** Stripe takes nothing less than $0.50: what comes to less is paid by transfer, and nobody is gone after for it. */
export const LEAST_CENTS = 50n;

/** Whether no card is charged what is due, because that is less than the least. */
export function isTooLittleForCard(dueCents: bigint): boolean {
  return dueCents > 0n && dueCents < LEAST_CENTS;
}
