import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditNoteLines, creditNotes, invoices } from "@/db/schema/invoices";
import { type AuditActor, audit } from "@/lib/audit/record";
import { newId } from "@/lib/ids";
import { divideRounded } from "@/lib/money";
import { SETTLED_STATUSES } from "./state";

export type InvoiceBack = {
  tenantId: string;
  invoiceId: string;
  /** What went back, its tax included. */
  totalCents: bigint;
  reason: string;
};

/** `creditNoteId`: null where nothing of the invoice is left. `beyondCents`: what went back beyond what was left of it. */
export type DraftedNote = { creditNoteId: string | null; beyondCents: bigint };

/** The tax that earlier credit notes of an invoice took back, in cents. */
async function taxBack(tx: Tx, tenantId: string, invoiceId: string): Promise<bigint> {
  const notes = await tx
    .select({ taxCents: creditNotes.taxCents, status: creditNotes.status })
    .from(creditNotes)
    .where(and(eq(creditNotes.tenantId, tenantId), eq(creditNotes.invoiceId, invoiceId)));
  return notes.reduce((sum, note) => (note.status === "failed" ? sum : sum + note.taxCents), 0n);
}

/**
 * The credit note of money that went back past our own refunds: over as much as is left of the invoice, its tax in
 * proportion, rounded on the running sum. It gets its number by `takeNumber`, the last thing of the caller's transaction.
 */
export async function draftNoteOfRefund(
  tx: Tx,
  by: AuditActor,
  { tenantId, invoiceId, totalCents, reason }: InvoiceBack,
): Promise<DraftedNote> {
  const isIt = and(eq(invoices.tenantId, tenantId), eq(invoices.id, invoiceId));
  const [invoice] = await tx.select().from(invoices).where(isIt).for("update");
  const wasPaid = SETTLED_STATUSES.some((settled) => settled === invoice?.status);
  if (!invoice || !wasPaid) return { creditNoteId: null, beyondCents: totalCents };
  const wholeCents = invoice.subtotalCents + invoice.taxCents;
  const leftCents = wholeCents - invoice.creditedCents;
  const noted = totalCents < leftCents ? totalCents : leftCents;
  if (noted <= 0n) return { creditNoteId: null, beyondCents: totalCents };
  const creditedCents = invoice.creditedCents + noted;
  const taxCents =
    divideRounded(invoice.taxCents * creditedCents, wholeCents) - (await taxBack(tx, tenantId, invoiceId));
  const id = newId();
  await tx.insert(creditNotes).values({
    id,
    tenantId,
    partnerId: invoice.partnerId,
    invoiceId,
    number: `draft-${id}`,
    kind: "refund",
    settledAs: "money",
    reason,
    subtotalCents: noted - taxCents,
    taxCents,
    totalCents: noted,
  });
  await tx.insert(creditNoteLines).values({
    tenantId,
    creditNoteId: id,
    description: "Refunded to the card",
    amountCents: noted - taxCents,
  });
  const status = creditedCents >= wholeCents ? "refunded" : "partially_refunded";
  await tx.update(invoices).set({ creditedCents, status }).where(isIt);
  await audit(tx, by, {
    action: "invoice.credit",
    targetType: "invoice",
    targetId: invoiceId,
    tenantId,
    partnerId: invoice.partnerId,
    before: { status: invoice.status },
    after: { status, creditNoteId: id, totalCents: noted.toString(), taxCents: taxCents.toString() },
    reason,
  });
  return { creditNoteId: id, beyondCents: totalCents - noted };
}
