import type { CardForm } from "./card-form";

/** A payment that waits for a browser to confirm it. */
export type StartedPayment = CardForm & {
  paymentId: string;
  /** The saved card's id at Stripe that the browser confirms with; null for a new one. */
  savedMethod: string | null;
  status: string;
};

/** Credit that is ordered, in cents: what is paid is told before it is paid. */
export type OrderedCredit = {
  creditCents: bigint;
  taxCents: bigint;
  /** What the tax is called; null when there is none to speak of. */
  taxNote: string | null;
  totalCents: bigint;
};
