/**
 * How far a state has come. Events arrive in any order: what they say counts only when it leads on from what is known.
 * Of the same rank, both are ends.
 */
const PAYMENT_RANKS: Readonly<Record<string, number>> = {
  pending: 0,
  requires_action: 1,
  processing: 2,
  failed: 3,
  canceled: 3,
  succeeded: 4,
};

/** Whether a payment may go from one state to another. A payment that failed may still succeed: Stripe takes another card. */
export function isForward(from: string, to: string): boolean {
  const [before, after] = [PAYMENT_RANKS[from], PAYMENT_RANKS[to]];
  if (before === undefined || after === undefined || from === to) return false;
  return after > before;
}

type PaymentStatus = "succeeded" | "processing" | "requires_action" | "canceled" | "failed";

/** What a payment is called here when Stripe says this of its intent; null while nothing has been tried. */
export function paymentStatusOf(intent: { status: string; hasError: boolean }): PaymentStatus | null {
  switch (intent.status) {
    case "succeeded":
    case "processing":
    case "requires_action":
    case "canceled":
      return intent.status;
    case "requires_payment_method":
      return intent.hasError ? "failed" : null;
    default:
      return null;
  }
}
