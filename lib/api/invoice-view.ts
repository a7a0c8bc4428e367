import type { z } from "zod";
import type { InvoiceName, InvoiceSummary, InvoiceView } from "@/lib/billing/read";
import { centsToMicros } from "@/lib/money";
import { creditNoteView } from "./credit-note-view";
import type { invoice, invoiceDetail } from "./operations/invoices";

/** An invoice as a list of the API shows it. */
export function invoiceView(row: InvoiceSummary): z.input<typeof invoice> {
  return { ...row, number: row.invoiceNumber, total: row.totalAmount };
}

export function invoiceDetailView(row: InvoiceView): z.input<typeof invoiceDetail> {
  const lines = row.lines.map((line) => ({ ...line, charged: centsToMicros(line.amountCents).toString() }));
  const named = (other: InvoiceName | null) => other && { id: other.id, number: other.invoiceNumber };
  const money = (cents: bigint) => centsToMicros(cents).toString();
  return {
    ...invoiceView(row),
    subtotal: money(row.subtotalCents),
    tax: money(row.taxCents),
    paid: money(row.paidCents),
    credited: money(row.creditedCents),
    creditNotes: row.creditNotes.map(creditNoteView),
    replaces: named(row.replaces),
    replacedBy: named(row.replacedBy),
    lines,
  };
}
