/**
 * Idempotency keys of what we ask of Stripe: made of our own ids, never of a clock or a random part, so that a crash
 * repeats the call it was in. Under 255 characters.
 */
export const stripeKeys = {
  customer: (tenantId: string) => `cus:${tenantId}`,
  customerDetails: (customerId: string, hash: string) => `cus:${customerId}:details:${hash}`,
  /** `nonce` is one a click. */
  setup: (tenantId: string, nonce: string) => `si:${tenantId}:${nonce}`,
  defaultMethod: (tenantId: string, nonce: string) => `cus:${tenantId}:default:${nonce}`,
  detach: (methodId: string) => `pm:${methodId}:detach`,
  topup: (topupId: string) => `topup:${topupId}`,
  payInvoice: (invoiceId: string, attempt: number) => `inv:${invoiceId}:pay:${attempt}`,
  /** Collecting an invoice by one of Stripe's. An invoice that was taken back can go out again, in another round. */
  invoice: (
    invoiceId: string,
    step: "create" | "line:1" | "finalize" | "send" | "void" | "drop",
    round: number,
  ) => `inv:${invoiceId}:${step}${round > 1 ? `:${round}` : ""}`,
  cancelPayment: (paymentId: string) => `pay:${paymentId}:cancel`,
  refund: (refundId: string) => `refund:${refundId}`,
  account: (partnerId: string) => `acct:${partnerId}`,
  /** `nonce` is one an asking: an address works once. */
  accountLink: (accountId: string, nonce: string) => `acct:${accountId}:link:${nonce}`,
  /** A transfer that Stripe refused is asked for again under the number of the next attempt. */
  transfer: (payoutId: string, attempt: number) =>
    `payout:${payoutId}:transfer${attempt > 1 ? `:${attempt}` : ""}`,
} as const;

/** The key of the next attempt after an answer that Stripe would only repeat. */
export function nextAttemptKey(key: string): string {
  const [, base = key, number] = /^(.*?)(?:~(\d+))?$/.exec(key) ?? [];
  return `${base}~${Number(number ?? 1) + 1}`;
}
