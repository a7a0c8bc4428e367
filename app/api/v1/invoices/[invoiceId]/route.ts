import { endpoint } from "@/lib/api/endpoint";
import { invoiceDetailView } from "@/lib/api/invoice-view";
import { getInvoiceOperation } from "@/lib/api/operations/invoices";
import { apiRoute } from "@/lib/api/route";
import { getInvoice } from "@/lib/billing/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(getInvoiceOperation, async ({ scope, params }) =>
    invoiceDetailView(await getInvoice(scope, params.invoiceId)),
  ),
);
