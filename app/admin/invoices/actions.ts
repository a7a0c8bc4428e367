"use server";

import { adminAction } from "@/lib/action";
import { closePeriod } from "@/lib/billing/commands/close";
import { issueCreditNote } from "@/lib/billing/commands/credit-note";
import { recordPayment } from "@/lib/billing/commands/record-payment";
import { voidInvoice } from "@/lib/billing/commands/void";
import {
  closePeriodInput,
  creditNoteFormInput,
  recordPaymentInput,
  voidInvoiceInput,
} from "@/lib/billing/input";
import { collectHere, collectThroughStripe } from "@/lib/payments/commands/collect-invoice";
import { collectInvoiceInput } from "@/lib/payments/input";

export const closePeriodAction = adminAction(closePeriodInput, async (scope, input) => {
  const closed = await closePeriod(scope, input);
  const count = (outcome: string) => closed.filter((tenant) => tenant.outcome === outcome).length;
  return { invoiced: count("invoiced"), alreadyInvoiced: count("already_invoiced") };
});
export const recordPaymentAction = adminAction(recordPaymentInput, (scope, input) =>
  recordPayment(scope, input),
);
export const collectInvoiceAction = adminAction(collectInvoiceInput, collectThroughStripe);
export const collectHereAction = adminAction(collectInvoiceInput, collectHere);
export const voidInvoiceAction = adminAction(voidInvoiceInput, (scope, input) => voidInvoice(scope, input));
export const issueCreditNoteAction = adminAction(
  creditNoteFormInput,
  (scope, { description, amount, ...about }) =>
    issueCreditNote(scope, { ...about, lines: [{ description, amount }] }),
);
