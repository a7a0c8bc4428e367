import { tenantRoute } from "@/lib/auth/route";
import { invoicePdf } from "@/lib/billing/pdf";
import { getInvoice } from "@/lib/billing/queries";
import { pdfResponse } from "@/lib/pdf/response";

type Context = { params: Promise<{ invoiceId: string }> };

export const GET = tenantRoute<Context>(async (scope, _request, { params }) => {
  const invoice = await getInvoice(scope, (await params).invoiceId);
  return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
});
