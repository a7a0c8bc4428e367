import { PAYMENT_METHODS } from "@/lib/billing/input";
import type { PayoutSummary } from "./read";

const HELD: Readonly<Record<string, string>> = {
  partner_suspended: "Held while the partner is suspended",
  stripe_off: "Waits for a bank transfer: transfers through Stripe are not set up",
  no_account: "Held until the partner has set up an account with Stripe",
  not_payable: "Held until Stripe lets the partner's account be paid",
  no_funds: "Held until the balance at Stripe covers it",
  key_refused: "Held: Stripe does not accept the platform's key",
};

const dateOf = (date: Date) =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  }).format(date);

/** Why something became of a payout, as a sentence that another may follow: an admin types it, or Stripe says it. */
export function asSentence(reason: string): string {
  const text = reason.trim();
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Where a payout stands, in one sentence, for its partner and for an admin. */
export function payoutMoment(payout: PayoutSummary): string {
  switch (payout.status) {
    case "draft":
      return "Waits to be approved";
    case "approved":
      return payout.heldReason ? (HELD[payout.heldReason] ?? "Held") : "Approved: it is sent in a moment";
    case "sending":
      return "On its way to Stripe";
    case "sent":
      return payout.failure
        ? `The bank returned it: ${asSentence(payout.failure)} It stays on the partner's Stripe account until another bank account is given there`
        : "Sent to the partner's Stripe account";
    case "paid": {
      const when = payout.paidAt ? ` on ${dateOf(payout.paidAt)}` : "";
      const methods: Readonly<Record<string, string>> = PAYMENT_METHODS;
      const how = payout.reference
        ? ` (${methods[payout.method ?? ""] ?? "otherwise"}, ${payout.reference})`
        : "";
      return `Paid${when}${how}`;
    }
    case "failed":
      return payout.failure ?? "Stripe refused it";
    case "reversed":
      return "All of it came back";
    case "cancelled":
      return payout.failure
        ? `Cancelled: ${asSentence(payout.failure)} What it was made of goes into a later payout`
        : "Cancelled";
  }
}

/** What the amount of a payout is called. */
export function paidLabel({ status }: Pick<PayoutSummary, "status">): string {
  if (status === "cancelled") return "Would have been paid";
  return status === "sent" || status === "paid" || status === "reversed" ? "Paid" : "To be paid";
}
