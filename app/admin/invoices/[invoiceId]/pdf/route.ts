import { platformRoute } from "@/lib/auth/route";
import { invoicePdf } from "@/lib/billing/pdf";
import { getAnyInvoice } from "@/lib/billing/queries";
import { pdfResponse } from "@/lib/pdf/response";

type Context = { params: Promise<{ invoiceId: string }> };

export const GET = platformRoute<Context>(async (scope, _request, { params }) => {
  const invoice = await getAnyInvoice(scope, (await params).invoiceId);
  return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
});
