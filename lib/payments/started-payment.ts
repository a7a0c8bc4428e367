import type { CardForm } from "./card-form";

/** A payment that waits for a browser to confirm it. */
export type StartedPayment = CardForm & {
  paymentId: string;
  /** The saved card's id at Stripe that the browser confirms with; null for a new one. */
  savedMethod: string | null;
  status: string;
};
