import { Download } from "lucide-react";
import type { Metadata } from "next";
import { InvoiceDocument } from "@/components/billing/invoice-document";
import { periodName } from "@/components/billing/period-name";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { getCustomerInvoice } from "@/lib/billing/queries";
import { titleOf } from "@/lib/billing/state";
import { logoUrl } from "@/lib/branding/logo";

export const metadata: Metadata = { title: "Invoice" };

export default async function PartnerInvoicePage({ params }: { params: Promise<{ invoiceId: string }> }) {
  const scope = await requirePartner();
  const invoice = await orNotFound(getCustomerInvoice(scope, (await params).invoiceId));
  return (
    <>
      <PageHeader
        title={titleOf(invoice)}
        description={`To ${invoice.customerName}, for ${periodName(invoice)}.`}
        breadcrumb={[
          { label: "Customers", href: "/partner/customers" },
          { label: invoice.customerName, href: `/partner/customers/${invoice.tenantId}` },
          { label: invoice.invoiceNumber },
        ]}
        actions={
          <Button asChild variant="outline">
            <a href={`/partner/invoices/${invoice.id}/pdf`} download>
              <Download aria-hidden="true" />
              Download PDF
            </a>
          </Button>
        }
      />
      <InvoiceDocument
        logo={await logoUrl(invoice.seller.logo)}
        invoice={invoice}
        now={new Date()}
        href={`/partner/invoices/${invoice.id}`}
        otherHref={(invoiceId) => `/partner/invoices/${invoiceId}`}
      />
    </>
  );
}
