import { dueDate } from "@/lib/billing/period";

const DAY_MS = 86_400_000;

type Dated = { dueDate: Date; finalizedAt: Date | null };

/**
 * When an invoice is due that is collected through Stripe from an instant on: as it always was. One that a card was to pay
 * at once is due as a transfer would have been; one that is overdue the day after, as Stripe asks for a day ahead.
 */
export function dueAtStripe(invoice: Dated, from: Date): Date {
  const wasDueAtOnce = invoice.finalizedAt !== null && invoice.dueDate <= invoice.finalizedAt;
  const due = wasDueAtOnce && invoice.finalizedAt ? dueDate(invoice.finalizedAt) : invoice.dueDate;
  return new Date(Math.max(due.getTime(), from.getTime() + DAY_MS));
}
