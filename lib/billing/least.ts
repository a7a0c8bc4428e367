/** Stripe takes nothing less than $0.50: what comes to less is paid by transfer, and nobody is gone after for it. */
export const LEAST_CENTS = 50n;
