import { getHostedInvoice } from "@/lib/billing/hosted";
import { invoicePdf } from "@/lib/billing/pdf";
import { pdfResponse } from "@/lib/pdf/response";
import { orNothing } from "../or-nothing";

type Context = { params: Promise<{ token: string }> };

export function GET(_request: Request, { params }: Context): Promise<Response> {
  return orNothing(async () => {
    const invoice = await getHostedInvoice((await params).token);
    return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
  });
}
