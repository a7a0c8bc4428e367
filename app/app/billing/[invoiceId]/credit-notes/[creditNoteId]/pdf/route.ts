import { tenantRoute } from "@/lib/auth/route";
import { getCreditNote } from "@/lib/billing/credit-note-queries";
import { creditNotePdf } from "@/lib/billing/pdf";
import { pdfResponse } from "@/lib/pdf/response";

type Context = { params: Promise<{ invoiceId: string; creditNoteId: string }> };

export const GET = tenantRoute<Context>(async (scope, _request, { params }) => {
  const note = await getCreditNote(scope, await params);
  return pdfResponse(await creditNotePdf(note), note.number);
});
