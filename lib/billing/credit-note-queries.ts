import "server-only";
import { and, desc, eq, lt, type SQL } from "drizzle-orm";
import { asPartner, asPlatform, asTenant, type Tx } from "@/db/access";
import { creditNotes } from "@/db/schema/invoices";
import type { PartnerScope, PlatformScope, TenantScope } from "@/db/scope";
import { authorize } from "@/lib/auth/authorize";
import { isId } from "@/lib/ids";
import { PAGE_SIZE, type Page, toPage } from "@/lib/paging";
import {
  type CreditNoteSummary,
  type CreditNoteView,
  readCreditNote,
  selectNotes,
  unknownNote,
} from "./credit-note-read";
import type { ListCreditNotesInput } from "./input";

/** Which credit note: by the invoice that it corrects, where the address names that too. */
export type NoteAddress = { creditNoteId: string; invoiceId?: string };

/** The credit note at an address, as a query of whatever may be seen. */
export function noteAt({ creditNoteId, invoiceId }: NoteAddress, mine?: SQL) {
  if (!isId(creditNoteId) || (invoiceId !== undefined && !isId(invoiceId))) throw unknownNote();
  const isIts = invoiceId === undefined ? undefined : eq(creditNotes.invoiceId, invoiceId);
  return (tx: Tx): Promise<CreditNoteView> => readCreditNote(tx, creditNoteId, and(isIts, mine));
}

/** The workspace's credit notes, newest first; those of one invoice with `invoiceId`. */
export async function listCreditNotes(
  scope: TenantScope,
  { invoiceId, cursor, limit = PAGE_SIZE }: ListCreditNotesInput & { limit?: number },
): Promise<Page<CreditNoteSummary>> {
  authorize(scope, "billing.read");
  const isWanted = and(
    eq(creditNotes.tenantId, scope.tenantId),
    invoiceId ? eq(creditNotes.invoiceId, invoiceId) : undefined,
    cursor ? lt(creditNotes.id, cursor) : undefined,
  );
  return asTenant(scope, async (tx) => {
    const rows = await selectNotes(tx, isWanted)
      .orderBy(desc(creditNotes.id))
      .limit(limit + 1);
    return toPage(rows, limit);
  });
}

/** @throws AppError `not_found`, also for another workspace's credit note */
export async function getCreditNote(scope: TenantScope, address: NoteAddress): Promise<CreditNoteView> {
  authorize(scope, "billing.read");
  return asTenant(scope, noteAt(address, eq(creditNotes.tenantId, scope.tenantId)));
}

/** @throws AppError `not_found`, also for another partner's customer */
export async function getCustomerCreditNote(
  scope: PartnerScope,
  address: NoteAddress,
): Promise<CreditNoteView> {
  authorize(scope, "invoice.read");
  return asPartner(scope, noteAt(address));
}

/** @throws AppError `not_found` */
export async function getAnyCreditNote(scope: PlatformScope, address: NoteAddress): Promise<CreditNoteView> {
  authorize(scope, "invoice.read");
  return asPlatform(scope, noteAt(address));
}
