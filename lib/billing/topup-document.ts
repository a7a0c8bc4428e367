import { and, asc, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditNoteLines, creditNotes, invoiceLines, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { type AuditActor, audit } from "@/lib/audit/record";
import { newId } from "@/lib/ids";
import { centsToMicros, type Micros, microsToNumeric } from "@/lib/money";
import { priceOfCredit } from "./credit-price";
import { insertLines } from "./finalize";
import { takeNumber } from "./number";
import { partiesOf } from "./parties";
import type { Tax } from "./tax";

type By = PlatformScope | AuditActor;

export type BoughtCredit = {
  tenantId: string;
  topupId: string;
  amount: Micros;
  tax: Tax | null;
  /** What was charged as tax, in cents. */
  taxCents: bigint;
  /** How it was paid, when a person recorded it. */
  paymentNote?: string;
  at: Date;
};

/**
 * The invoice of credit that is paid, final at once. The last thing of the caller's transaction: it takes the number.
 * @throws when the tax that was charged is not that of the rate it was charged by
 */
export async function billCredit(tx: Tx, by: By, bought: BoughtCredit): Promise<{ invoiceId: string }> {
  const { tenantId, topupId, amount, tax, at } = bought;
  const draft = priceOfCredit(amount, tax, at);
  // What comes again after a refund that failed bears the tax that the refund had: it was rounded with its neighbours.
  const taxCents = bought.taxCents;
  if (taxCents - draft.taxCents > 1n || draft.taxCents - taxCents > 1n)
    throw new Error(
      `top-up ${topupId} was charged ${taxCents} cents of tax, its rate says ${draft.taxCents}`,
    );
  const totalCents = draft.subtotalCents + taxCents;
  const { partnerId, seller, customer } = await partiesOf(tx, tenantId, at);
  const invoiceId = newId();
  await tx.insert(invoices).values({
    id: invoiceId,
    tenantId,
    invoiceNumber: `draft-${invoiceId}`,
    kind: "topup",
    status: "paid",
    topupId,
    partnerId,
    seller,
    customer,
    sellerName: seller.name,
    customerName: customer.name,
    periodStart: at,
    periodEnd: new Date(at.getTime() + 1000),
    dueDate: at,
    paidDate: at,
    paymentNote: bought.paymentNote ?? null,
    totalAmount: microsToNumeric(centsToMicros(totalCents)),
    subtotalCents: draft.subtotalCents,
    taxCents,
    taxPercent: tax?.percent ?? null,
    taxNote: tax?.note ?? null,
    paidCents: totalCents,
  });
  await insertLines(tx, tenantId, invoiceId, draft.lines);
  await audit(tx, by, {
    action: "invoice.create",
    targetType: "invoice",
    targetId: invoiceId,
    tenantId,
    partnerId,
    after: { topupId, totalCents: totalCents.toString(), taxCents: taxCents.toString() },
  });
  await takeNumber(tx, "HB", "invoices", invoiceId, at);
  return { invoiceId };
}

export type CreditBack = {
  tenantId: string;
  topupId: string;
  /** What went back, `taxCents` of it tax. */
  totalCents: bigint;
  taxCents: bigint;
  reason: string;
  at: Date;
};

type Document = {
  id: string;
  partnerId: string | null;
  subtotalCents: bigint;
  taxCents: bigint;
  creditedCents: bigint;
  leftCents: bigint;
  taxLeft: bigint;
};

/** The invoices of a top-up, the oldest first, with what no credit note has taken of them. Locked. */
async function documentsOf(tx: Tx, tenantId: string, topupId: string): Promise<Document[]> {
  const rows = await tx
    .select({
      id: invoices.id,
      partnerId: invoices.partnerId,
      subtotalCents: invoices.subtotalCents,
      taxCents: invoices.taxCents,
      creditedCents: invoices.creditedCents,
    })
    .from(invoices)
    .where(and(eq(invoices.tenantId, tenantId), eq(invoices.kind, "topup"), eq(invoices.topupId, topupId)))
    .orderBy(asc(invoices.id))
    .for("update");
  const ids = rows.map(({ id }) => id);
  const notes = await tx
    .select({ invoiceId: creditNotes.invoiceId, taxCents: creditNotes.taxCents })
    .from(creditNotes)
    .where(
      and(
        eq(creditNotes.tenantId, tenantId),
        inArray(creditNotes.invoiceId, ids),
        eq(creditNotes.status, "issued"),
      ),
    );
  return rows.map((row) => ({
    ...row,
    leftCents: row.subtotalCents + row.taxCents - row.creditedCents,
    taxLeft: notes
      .filter(({ invoiceId }) => invoiceId === row.id)
      .reduce((left, note) => left - note.taxCents, row.taxCents),
  }));
}

/** What no credit note has taken of the invoices of this credit; null where it was not invoiced when it was bought. */
export async function invoicedStill(
  tx: Tx,
  tenantId: string,
  topupId: string,
): Promise<{ totalCents: bigint; taxCents: bigint } | null> {
  const documents = await documentsOf(tx, tenantId, topupId);
  if (documents.length === 0) return null;
  return {
    totalCents: documents.reduce((sum, { leftCents }) => sum + leftCents, 0n),
    taxCents: documents.reduce((sum, { taxLeft }) => sum + taxLeft, 0n),
  };
}

/**
 * Writes down, as credit notes, that money which had bought credit went back: one on the invoice of that credit, or more
 * where a refund had failed before. The last thing of the caller's transaction. Credit that was bought before there were
 * such invoices has none, and gets no credit note.
 */
export async function noteCreditBack(tx: Tx, by: By, back: CreditBack): Promise<void> {
  let { totalCents, taxCents } = back;
  for (const document of await documentsOf(tx, back.tenantId, back.topupId)) {
    if (totalCents <= 0n) return;
    if (document.leftCents <= 0n) continue;
    const isLast = totalCents <= document.leftCents;
    const part = isLast
      ? { totalCents, taxCents }
      : { totalCents: document.leftCents, taxCents: document.taxLeft };
    await noteOn(tx, by, document, back, part);
    totalCents -= part.totalCents;
    taxCents -= part.taxCents;
  }
}

async function noteOn(
  tx: Tx,
  by: By,
  document: Document,
  { tenantId, reason, at }: CreditBack,
  { totalCents, taxCents }: { totalCents: bigint; taxCents: bigint },
): Promise<void> {
  const id = newId();
  const subtotalCents = totalCents - taxCents;
  const [line] = await tx
    .select({ id: invoiceLines.id })
    .from(invoiceLines)
    .where(and(eq(invoiceLines.tenantId, tenantId), eq(invoiceLines.invoiceId, document.id)));
  await tx.insert(creditNotes).values({
    id,
    tenantId,
    partnerId: document.partnerId,
    invoiceId: document.id,
    number: `draft-${id}`,
    kind: "refund",
    settledAs: "money",
    reason,
    subtotalCents,
    taxCents,
    totalCents,
  });
  await tx.insert(creditNoteLines).values({
    tenantId,
    creditNoteId: id,
    lineId: line?.id ?? null,
    description: "Credit for usage",
    amountCents: subtotalCents,
  });
  const creditedCents = document.creditedCents + totalCents;
  const isAll = totalCents === document.leftCents;
  await tx
    .update(invoices)
    .set({ creditedCents, status: isAll ? "refunded" : "partially_refunded" })
    .where(eq(invoices.id, document.id));
  await audit(tx, by, {
    action: "invoice.credit",
    targetType: "invoice",
    targetId: document.id,
    tenantId,
    partnerId: document.partnerId,
    after: { creditNoteId: id, totalCents: totalCents.toString(), taxCents: taxCents.toString() },
    reason,
  });
  await takeNumber(tx, "CN", "credit_notes", id, at);
}
