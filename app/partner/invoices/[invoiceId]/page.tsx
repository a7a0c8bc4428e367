import { Download } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { InvoiceDocument } from "@/components/billing/invoice-document";
import { periodName } from "@/components/billing/period-name";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { orNotFound } from "@/lib/auth/page";
import { requirePartner } from "@/lib/auth/scope";
import { getCustomerInvoice } from "@/lib/billing/queries";
import { titleOf } from "@/lib/billing/state";
import { logoUrl } from "@/lib/branding/logo";

type Params = Promise<{ invoiceId: string }>;

const invoiceOf = cache(async (id: string) => orNotFound(getCustomerInvoice(await requirePartner(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: titleOf(await invoiceOf((await params).invoiceId)) };
}

export default async function PartnerInvoicePage({ params }: { params: Params }) {
  const invoice = await invoiceOf((await params).invoiceId);
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
