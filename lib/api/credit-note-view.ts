import type { z } from "zod";
import type { CreditNoteSummary, CreditNoteView } from "@/lib/billing/credit-note-read";
import type { creditNote, creditNoteDetail } from "./operations/credit-notes";

/** A credit note as a list of the API shows it. */
export function creditNoteView(row: CreditNoteSummary): z.input<typeof creditNote> {
  return {
    ...row,
    subtotal: row.subtotalCents.toString(),
    tax: row.taxCents.toString(),
    total: row.totalCents.toString(),
  };
}

export function creditNoteDetailView(row: CreditNoteView): z.input<typeof creditNoteDetail> {
  return {
    ...creditNoteView(row),
    taxNote: row.taxNote,
    lines: row.lines.map((line) => ({ ...line, amount: line.amountCents.toString() })),
  };
}
