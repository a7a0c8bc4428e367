import { and, asc, eq, isNotNull, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditNoteLines, creditNotes, invoices } from "@/db/schema/invoices";
import { AppError } from "@/lib/errors";
import type { SettledAs } from "./credit-note";
import { type Party, readParty } from "./party";

export type CreditNoteSummary = {
  id: string;
  number: string;
  tenantId: string;
  /** The invoice that it corrects. */
  invoiceId: string;
  invoiceNumber: string;
  customerName: string;
  sellerName: string;
  reason: string;
  settledAs: SettledAs;
  subtotalCents: bigint;
  taxCents: bigint;
  totalCents: bigint;
  currency: string;
  /** When it got its number. */
  issuedAt: Date;
};

export type CreditNoteLineView = {
  id: string;
  description: string;
  /** Before tax. */
  amountCents: bigint;
};

/** Seller, customer and what is said of tax are those of the invoice: a correction is of the same sale. */
export type CreditNoteView = CreditNoteSummary & {
  invoiceIssuedAt: Date;
  taxNote: string | null;
  seller: Party;
  customer: Party;
  lines: CreditNoteLineView[];
};

const SUMMARY = {
  id: creditNotes.id,
  number: creditNotes.number,
  tenantId: creditNotes.tenantId,
  invoiceId: creditNotes.invoiceId,
  invoiceNumber: invoices.invoiceNumber,
  customerName: invoices.customerName,
  sellerName: invoices.sellerName,
  reason: creditNotes.reason,
  settledAs: sql<SettledAs>`${creditNotes.settledAs}`,
  subtotalCents: creditNotes.subtotalCents,
  taxCents: creditNotes.taxCents,
  totalCents: creditNotes.totalCents,
  currency: creditNotes.currency,
  issuedAt: sql<Date>`${creditNotes.issuedAt}`.mapWith(creditNotes.createdAt),
} as const;

const itsInvoice = and(eq(invoices.tenantId, creditNotes.tenantId), eq(invoices.id, creditNotes.invoiceId));

/** A draft is nothing yet: nobody is shown one. */
const isIssued = isNotNull(creditNotes.issuedAt);

/** Issued credit notes that `which` picks, as a query that may be ordered and cut. */
export function selectNotes(tx: Tx, which: SQL | undefined) {
  return tx.select(SUMMARY).from(creditNotes).innerJoin(invoices, itsInvoice).where(and(isIssued, which));
}

/** The credit notes of one invoice, the oldest first. */
export async function readNotesOf(
  tx: Tx,
  { tenantId, invoiceId }: { tenantId: string; invoiceId: string },
): Promise<CreditNoteSummary[]> {
  const isIts = and(eq(creditNotes.tenantId, tenantId), eq(creditNotes.invoiceId, invoiceId));
  return selectNotes(tx, isIts).orderBy(asc(creditNotes.id));
}

export function unknownNote(): AppError {
  return new AppError("not_found", "This credit note does not exist.");
}

/**
 * One credit note with its lines.
 * @throws AppError `not_found`
 */
export async function readCreditNote(tx: Tx, creditNoteId: string, mine?: SQL): Promise<CreditNoteView> {
  const [row] = await tx
    .select({
      ...SUMMARY,
      invoiceIssuedAt: sql<Date>`coalesce(${invoices.finalizedAt}, ${invoices.createdAt})`.mapWith(
        invoices.createdAt,
      ),
      taxNote: invoices.taxNote,
      seller: invoices.seller,
      customer: invoices.customer,
    })
    .from(creditNotes)
    .innerJoin(invoices, itsInvoice)
    .where(and(eq(creditNotes.id, creditNoteId), isIssued, mine));
  if (!row) throw unknownNote();
  const lines = await tx
    .select({
      id: creditNoteLines.id,
      description: creditNoteLines.description,
      amountCents: creditNoteLines.amountCents,
    })
    .from(creditNoteLines)
    .where(and(eq(creditNoteLines.tenantId, row.tenantId), eq(creditNoteLines.creditNoteId, creditNoteId)))
    .orderBy(asc(creditNoteLines.id));
  return {
    ...row,
    seller: readParty(row.seller, row.sellerName),
    customer: readParty(row.customer, row.customerName),
    lines,
  };
}
