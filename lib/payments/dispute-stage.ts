/** How a dispute is shown: as Stripe calls it, without what it does to the books. Pure. */

/** The ends of a dispute; what has come to none of them is open. */
export const OVER_STAGES = ["won", "lost", "warning_closed", "prevented"] as const;

/** The stages in which evidence may be sent, by a deadline. */
export const ANSWERED_BY_US = ["needs_response", "warning_needs_response", "appeal_needs_response"] as const;

/** Whether it waits for an answer of ours. */
export const waitsForUs = (stage: string) => ANSWERED_BY_US.some((waiting) => waiting === stage);

/** Where evidence is sent: the page of a dispute at Stripe, whose tests are beside what is real. */
export function disputeUrl({
  stripeDisputeId,
  isLive,
}: {
  stripeDisputeId: string;
  isLive: boolean;
}): string {
  return `https://dashboard.stripe.com/${isLive ? "" : "test/"}disputes/${encodeURIComponent(stripeDisputeId)}`;
}
