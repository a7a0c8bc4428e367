/** What people and their systems can be told of, and how a person hears of it who chose nothing. Pure. */
export const NOTICE_KINDS = [
  "approval_asked",
  "run_failed",
  "batch_ended",
  "schedule_off",
  "limit_reached",
  "spend_alert",
  "credit_low",
  "run_unpaid",
  "payment_failed",
  "invoice_issued",
  "credit_note_issued",
  "payout_update",
  "plan_changed",
  "seller_changed",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** The ways in which a person hears of something. */
export type Channels = { readonly inApp: boolean; readonly byMail: boolean };

type KindFacts = {
  readonly label: string;
  readonly description: string;
  readonly channels: Channels;
  /** What an outgoing webhook calls it when titles of this kind are written by the run and may quote its content. */
  readonly eventTitle?: string;
};

export const KIND_FACTS: Readonly<Record<NoticeKind, KindFacts>> = {
  approval_asked: {
    label: "Approval asked",
    description: "A run waits for your answer, or is about to run out of time for one.",
    channels: { inApp: true, byMail: true },
    eventTitle: "A run asks for an approval",
  },
  run_failed: {
    label: "Run failed",
    description: "A run started by the API, a webhook, a schedule or a form ended with an error.",
    channels: { inApp: true, byMail: false },
  },
  batch_ended: {
    label: "Many runs done",
    description: "Many runs that you stopped, resumed or replayed together are done.",
    channels: { inApp: true, byMail: false },
  },
  schedule_off: {
    label: "Schedule turned off",
    description: "A schedule failed too often in a row and was turned off.",
    channels: { inApp: true, byMail: true },
  },
  limit_reached: {
    label: "Limit reached",
    description: "The workspace met a limit of its plan, or a webhook endpoint was turned off.",
    channels: { inApp: true, byMail: true },
  },
  spend_alert: {
    label: "Spending",
    description: "A spending cap is half used, nearly used, or reached, or work waits for it.",
    channels: { inApp: true, byMail: true },
  },
  credit_low: {
    label: "Balance low",
    description: "The balance has fallen below what was named under Billing.",
    channels: { inApp: true, byMail: true },
  },
  run_unpaid: {
    label: "Waiting for credit",
    description: "A run or a document waits, because the workspace has no credit for what comes next.",
    channels: { inApp: true, byMail: true },
  },
  payment_failed: {
    label: "Payment problem",
    description:
      "A payment failed or has to be confirmed with your bank, an invoice is overdue, or a card runs out.",
    channels: { inApp: true, byMail: true },
  },
  invoice_issued: {
    label: "New invoice",
    description: "An invoice or a statement is there. It is also mailed to your billing address in any case.",
    channels: { inApp: true, byMail: false },
  },
  credit_note_issued: {
    label: "Credit note",
    description: "A part of an invoice is taken back. It is also mailed to your billing address in any case.",
    channels: { inApp: true, byMail: false },
  },
  payout_update: {
    label: "Payouts",
    description: "For partners: a payout is approved, sent, paid, held, or money of it came back.",
    channels: { inApp: true, byMail: true },
  },
  plan_changed: {
    label: "Your plan",
    description: "A trial is about to end or is over, another plan has begun, or a plan has ended.",
    channels: { inApp: true, byMail: true },
  },
  seller_changed: {
    label: "Who bills you",
    description: "The workspace is billed by somebody else from now on, at their prices.",
    channels: { inApp: true, byMail: true },
  },
};

/** How a person who chose `chosen`, or nothing, hears of a kind. */
export function channelsFor(kind: NoticeKind, chosen: Channels | null): Channels {
  return chosen ?? KIND_FACTS[kind].channels;
}
