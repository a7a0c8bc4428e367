import { endpoint } from "@/lib/api/endpoint";
import { invoiceView } from "@/lib/api/invoice-view";
import { listInvoicesOperation } from "@/lib/api/operations/invoices";
import { apiRoute } from "@/lib/api/route";
import { listInvoices } from "@/lib/billing/queries";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(
  apiRoute(listInvoicesOperation, async ({ scope, query }) => {
    const { items, nextCursor } = await listInvoices(scope, query);
    return { data: items.map(invoiceView), nextCursor };
  }),
);
