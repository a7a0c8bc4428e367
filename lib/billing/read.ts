import { and, asc, eq, ne, type SQL, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { invoiceLines, invoices } from "@/db/schema/invoices";
import { AppError } from "@/lib/errors";
import { type CreditNoteSummary, readNotesOf } from "./credit-note-read";
import { type Party, readParty } from "./party";

export type InvoiceSummary = {
  id: string;
  /** period | subscription | plan_change | topup | statement (of usage that credit paid for) */
  kind: string;
  invoiceNumber: string;
  tenantId: string;
  customerName: string;
  sellerName: string;
  totalAmount: string;
  paidCents: bigint;
  creditedCents: bigint;
  currency: string;
  status: string;
  periodStart: Date;
  periodEnd: Date;
  dueDate: Date;
  paidDate: Date | null;
  /** When it got its number. */
  createdAt: Date;
};

/** Another invoice, as one names it. */
export type InvoiceName = { id: string; invoiceNumber: string };

export type InvoiceLineView = {
  id: string;
  position: number;
  /** usage | plan | proration | covered | credit */
  kind: string;
  description: string;
  unit: string;
  rate: string;
  quantity: string;
  /** Exact, as the ledger has it. */
  amount: string;
  /** Rounded to cents: what is charged. */
  amountCents: bigint;
  serviceStart: Date;
  serviceEnd: Date;
};

export type InvoiceView = InvoiceSummary & {
  paymentNote: string | null;
  /** Why it is void. */
  note: string | null;
  /** The void invoice that this one asks for again. */
  replaces: InvoiceName | null;
  /** The invoice that asks for this void one again; null where nobody is asked any more. */
  replacedBy: InvoiceName | null;
  subtotalCents: bigint;
  taxCents: bigint;
  taxNote: string | null;
  seller: Party;
  customer: Party;
  lines: InvoiceLineView[];
  creditNotes: CreditNoteSummary[];
};

export const SUMMARY = {
  id: invoices.id,
  kind: invoices.kind,
  invoiceNumber: invoices.invoiceNumber,
  tenantId: invoices.tenantId,
  customerName: invoices.customerName,
  sellerName: invoices.sellerName,
  totalAmount: invoices.totalAmount,
  paidCents: invoices.paidCents,
  creditedCents: invoices.creditedCents,
  currency: sql<string>`coalesce(${invoices.currency}, 'USD')`,
  status: sql<string>`coalesce(${invoices.status}, 'pending')`,
  periodStart: invoices.periodStart,
  periodEnd: invoices.periodEnd,
  dueDate: invoices.dueDate,
  paidDate: invoices.paidDate,
  createdAt: sql<Date>`coalesce(${invoices.finalizedAt}, ${invoices.createdAt})`.mapWith(invoices.createdAt),
} as const;

/** A draft is nothing yet: nobody is shown one. */
export const isDocument = ne(invoices.status, "draft");

const LINE = {
  id: invoiceLines.id,
  position: sql<number>`coalesce(${invoiceLines.position}, 0)`,
  kind: invoiceLines.kind,
  description: invoiceLines.description,
  unit: invoiceLines.unit,
  rate: invoiceLines.rate,
  quantity: invoiceLines.quantity,
  amount: invoiceLines.amount,
  amountCents: invoiceLines.amountCents,
  serviceStart: invoiceLines.serviceStart,
  serviceEnd: invoiceLines.serviceEnd,
} as const;

/** One other invoice of the same customer, when it is a document. */
async function readName(tx: Tx, tenantId: string, which: SQL): Promise<InvoiceName | null> {
  const [row] = await tx
    .select({ id: invoices.id, invoiceNumber: invoices.invoiceNumber })
    .from(invoices)
    .where(and(eq(invoices.tenantId, tenantId), which, isDocument));
  return row ?? null;
}

/**
 * One document with its lines and the credit notes about it.
 * @throws AppError `not_found`
 */
export async function readInvoice(tx: Tx, invoiceId: string, mine?: SQL): Promise<InvoiceView> {
  const [row] = await tx
    .select({
      ...SUMMARY,
      paymentNote: invoices.paymentNote,
      note: invoices.note,
      subtotalCents: invoices.subtotalCents,
      taxCents: invoices.taxCents,
      taxNote: invoices.taxNote,
      seller: invoices.seller,
      customer: invoices.customer,
      replacesId: invoices.replacesId,
    })
    .from(invoices)
    .where(and(eq(invoices.id, invoiceId), isDocument, mine));
  if (!row) throw new AppError("not_found", "This invoice does not exist.");
  const lines = await tx
    .select(LINE)
    .from(invoiceLines)
    .where(and(eq(invoiceLines.tenantId, row.tenantId), eq(invoiceLines.invoiceId, invoiceId)))
    .orderBy(asc(invoiceLines.position));
  const notes = await readNotesOf(tx, { tenantId: row.tenantId, invoiceId });
  const { replacesId, ...shown } = row;
  const replaces = replacesId ? await readName(tx, row.tenantId, eq(invoices.id, replacesId)) : null;
  const isVoid = row.status === "void";
  const replacedBy = isVoid ? await readName(tx, row.tenantId, eq(invoices.replacesId, row.id)) : null;
  return {
    ...shown,
    replaces,
    replacedBy,
    seller: readParty(row.seller, row.sellerName),
    customer: readParty(row.customer, row.customerName),
    lines,
    creditNotes: notes,
  };
}
