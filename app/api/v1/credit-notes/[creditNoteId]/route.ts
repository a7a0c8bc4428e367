import { creditNoteDetailView } from "@/lib/api/credit-note-view";
import { endpoint } from "@/lib/api/endpoint";
import { getCreditNoteOperation } from "@/lib/api/operations/credit-notes";
import { apiRoute } from "@/lib/api/route";
import { getCreditNote } from "@/lib/billing/credit-note-queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getCreditNoteOperation, async ({ scope, params }) =>
    creditNoteDetailView(await getCreditNote(scope, params)),
  ),
);
