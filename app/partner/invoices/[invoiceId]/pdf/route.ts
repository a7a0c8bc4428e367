import { partnerRoute } from "@/lib/auth/route";
import { invoicePdf } from "@/lib/billing/pdf";
import { getCustomerInvoice } from "@/lib/billing/queries";
import { pdfResponse } from "@/lib/pdf/response";

type Context = { params: Promise<{ invoiceId: string }> };

export const GET = partnerRoute<Context>(async (scope, _request, { params }) => {
  const invoice = await getCustomerInvoice(scope, (await params).invoiceId);
  return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
});
