import { creditNoteView } from "@/lib/api/credit-note-view";
import { endpoint } from "@/lib/api/endpoint";
import { listCreditNotesOperation } from "@/lib/api/operations/credit-notes";
import { apiRoute } from "@/lib/api/route";
import { listCreditNotes } from "@/lib/billing/credit-note-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listCreditNotesOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listCreditNotes(scope, query);
    return { data: items.map(creditNoteView), nextCursor };
  }),
);
