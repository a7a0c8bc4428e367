import type { Tx } from "@/db/access";
import { type Applied, handler } from "@/lib/stripe/event-handler";
import { applyInvoice } from "../collect/apply-invoice";
import { type SeenInvoice, seeInvoice, seeInvoiceOfPayment } from "../collect/seen";

const applySeen = async (tx: Tx, seen: SeenInvoice | null): Promise<Applied> =>
  seen ? applyInvoice(tx, seen) : { outcome: "ignored" };

/**
 * An invoice of Stripe's became final or could not, was paid, was not, is overdue, was given up, or was taken back. One by
 * which nothing of ours is collected is none of our business.
 */
export const invoiceChanged = handler((stripe, event) => seeInvoice(stripe, event.objectId), applySeen);

/** A payment of such an invoice arrived. */
export const invoicePaymentArrived = handler(
  (stripe, event) => seeInvoiceOfPayment(stripe, event.objectId),
  applySeen,
);
