import { endpoint } from "@/lib/api/endpoint";
import { getInvoicePdfOperation } from "@/lib/api/operations/invoices";
import { apiRoute } from "@/lib/api/route";
import { invoicePdf, pdfResponse } from "@/lib/billing/pdf";
import { getInvoice } from "@/lib/billing/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getInvoicePdfOperation, async ({ scope, params }) => {
    const invoice = await getInvoice(scope, params.invoiceId);
    return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
  }),
);
