import { platformRoute } from "@/lib/auth/route";
import { invoicePdf, pdfResponse } from "@/lib/billing/pdf";
import { getAnyInvoice } from "@/lib/billing/queries";

type Context = { params: Promise<{ invoiceId: string }> };

export const GET = platformRoute<Context>(async (scope, _request, { params }) => {
  const invoice = await getAnyInvoice(scope, (await params).invoiceId);
  return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
});
