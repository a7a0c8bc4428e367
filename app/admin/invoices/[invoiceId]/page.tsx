import { Download } from "lucide-react";
import type { Metadata } from "next";
import { RecordPayment } from "@/components/admin/record-payment";
import { InvoiceDocument } from "@/components/billing/invoice-document";
import { monthName } from "@/components/billing/invoice-table";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { getAnyInvoice } from "@/lib/billing/queries";
import { recordPaymentAction } from "../actions";

export const metadata: Metadata = { title: "Invoice" };

export default async function AdminInvoicePage({ params }: { params: Promise<{ invoiceId: string }> }) {
  const scope = await requirePlatform();
  const invoice = await orNotFound(getAnyInvoice(scope, (await params).invoiceId));
  return (
    <>
      <PageHeader
        title={`Invoice ${invoice.invoiceNumber}`}
        description={`To ${invoice.customerName}, for usage up to the end of ${monthName(invoice.periodStart)}.`}
        breadcrumb={[{ label: "Invoices", href: "/admin/invoices" }, { label: invoice.invoiceNumber }]}
        actions={
          <>
            <Button asChild variant="outline">
              <a href={`/admin/invoices/${invoice.id}/pdf`} download>
                <Download aria-hidden="true" />
                Download PDF
              </a>
            </Button>
            {invoice.status === "pending" ? (
              <RecordPayment invoice={invoice} record={recordPaymentAction} />
            ) : null}
          </>
        }
      />
      <InvoiceDocument invoice={invoice} now={new Date()} />
    </>
  );
}
