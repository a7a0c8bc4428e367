import { endpoint } from "@/lib/api/endpoint";
import { getCreditNotePdfOperation } from "@/lib/api/operations/credit-notes";
import { apiRoute } from "@/lib/api/route";
import { getCreditNote } from "@/lib/billing/credit-note-queries";
import { creditNotePdf } from "@/lib/billing/pdf";
import { pdfResponse } from "@/lib/pdf/response";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getCreditNotePdfOperation, async ({ scope, params }) => {
    const note = await getCreditNote(scope, params);
    return pdfResponse(await creditNotePdf(note), note.number);
  }),
);
