import { endpoint } from "@/lib/api/endpoint";
import { getInvoicePdfOperation } from "@/lib/api/operations/invoices";
import { apiRoute } from "@/lib/api/route";
import { invoicePdf } from "@/lib/billing/pdf";
import { getInvoice } from "@/lib/billing/queries";
import { pdfResponse } from "@/lib/pdf/response";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getInvoicePdfOperation, async ({ scope, params }) => {
    const invoice = await getInvoice(scope, params.invoiceId);
    return pdfResponse(await invoicePdf(invoice), invoice.invoiceNumber);
  }),
);
