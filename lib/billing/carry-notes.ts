import { and, asc, eq, inArray } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { creditNoteLines, creditNotes, invoices } from "@/db/schema/invoices";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { AppError } from "@/lib/errors";
import { newId } from "@/lib/ids";
import { dueCents } from "./apply-payment";
import { type Credited, planNote } from "./credit-note";
import { takeNumber } from "./number";

type Invoice = typeof invoices.$inferSelect;
type Note = typeof creditNotes.$inferSelect;

/** The invoice that replaces another, and which of its lines stands for which. */
export type Replacement = { invoiceId: string; lineIds: ReadonlyMap<string, string> };

const nothingLeft = () =>
  new AppError("conflict", "Billed again, nothing would be left to pay of it: write it off instead.", {
    reason: "nothing_to_bill",
  });

/**
 * What credit notes took off an unpaid invoice is taken off the one that replaces it, by credit notes of its own, with its
 * tax: those of the void one say what was taken off that.
 * @returns the new credit notes
 * @throws AppError `conflict` when nothing would be left to pay
 */
export async function carryNotes(
  tx: Tx,
  scope: PlatformScope,
  old: Pick<Invoice, "id" | "tenantId">,
  { invoiceId, lineIds }: Replacement,
  now: Date,
): Promise<string[]> {
  const notes = await tx
    .select()
    .from(creditNotes)
    .where(
      and(
        eq(creditNotes.tenantId, old.tenantId),
        eq(creditNotes.invoiceId, old.id),
        eq(creditNotes.status, "issued"),
      ),
    )
    .orderBy(asc(creditNotes.id));
  if (notes.length === 0) return [];
  const [invoice] = await tx.select().from(invoices).where(eq(invoices.id, invoiceId));
  if (!invoice) throw new AppError("not_found", "This invoice does not exist.");
  const lines = await tx
    .select()
    .from(creditNoteLines)
    .where(
      and(
        eq(creditNoteLines.tenantId, old.tenantId),
        inArray(
          creditNoteLines.creditNoteId,
          notes.map(({ id }) => id),
        ),
      ),
    )
    .orderBy(asc(creditNoteLines.id));
  const made: (Credited & { id: string })[] = [];
  let creditedCents = 0n;
  for (const note of notes) {
    const plan = planNote(invoice, made, note.subtotalCents);
    creditedCents += plan?.totalCents ?? 0n;
    if (!plan || creditedCents >= dueCents(invoice)) throw nothingLeft();
    const id = newId();
    made.push({ id, ...plan });
    await tx
      .insert(creditNotes)
      .values({ ...copied(note, scope), ...plan, id, invoiceId, number: `draft-${id}` });
    await tx.insert(creditNoteLines).values(
      lines
        .filter(({ creditNoteId }) => creditNoteId === note.id)
        .map(({ lineId, description, amountCents }) => ({
          tenantId: old.tenantId,
          creditNoteId: id,
          lineId: lineId && (lineIds.get(lineId) ?? null),
          description,
          amountCents,
        })),
    );
    await audit(tx, scope, {
      action: "invoice.credit",
      targetType: "invoice",
      targetId: invoiceId,
      tenantId: old.tenantId,
      partnerId: invoice.partnerId,
      after: {
        creditNoteId: id,
        insteadOf: note.number,
        totalCents: plan.totalCents.toString(),
        refund: "none",
      },
      reason: note.reason,
    });
    await takeNumber(tx, "CN", "credit_notes", id, now);
  }
  await tx.update(invoices).set({ creditedCents }).where(eq(invoices.id, invoiceId));
  return made.map(({ id }) => id);
}

const copied = ({ tenantId, partnerId, kind, settledAs, reason }: Note, { actor }: PlatformScope) => ({
  tenantId,
  partnerId,
  kind,
  settledAs,
  reason,
  createdBy: actor.kind === "user" ? actor.userId : null,
});
