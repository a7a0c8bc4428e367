import { getHostedCreditNote } from "@/lib/billing/hosted";
import { creditNotePdf } from "@/lib/billing/pdf";
import { pdfResponse } from "@/lib/pdf/response";
import { orNothing } from "../../../or-nothing";

type Context = { params: Promise<{ token: string; creditNoteId: string }> };

export function GET(_request: Request, { params }: Context): Promise<Response> {
  return orNothing(async () => {
    const { token, creditNoteId } = await params;
    const note = await getHostedCreditNote(token, creditNoteId);
    return pdfResponse(await creditNotePdf(note), note.number);
  });
}
