import { Download } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { CollectHere, CollectionAlert, CollectThroughStripe } from "@/components/admin/collect-invoice";
import { IssueCreditNote, VoidInvoice } from "@/components/admin/correct-invoice";
import { RecordPayment } from "@/components/admin/record-payment";
import { InvoiceDocument } from "@/components/billing/invoice-document";
import { periodName } from "@/components/billing/period-name";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { orNotFound } from "@/lib/auth/page";
import { requirePlatform } from "@/lib/auth/scope";
import { getAnyInvoice } from "@/lib/billing/queries";
import { isCreditable, isOwed, titleOf } from "@/lib/billing/state";
import { listVoidChoices } from "@/lib/billing/void-facts";
import { logoUrl } from "@/lib/branding/logo";
import { centsToMicros, formatMicros, microsFromNumeric } from "@/lib/money";
import { adminCollection } from "@/lib/payments/collect/queries";
import {
  collectHereAction,
  collectInvoiceAction,
  issueCreditNoteAction,
  recordPaymentAction,
  voidInvoiceAction,
} from "../actions";

type Params = Promise<{ invoiceId: string }>;

const invoiceOf = cache(async (id: string) => orNotFound(getAnyInvoice(await requirePlatform(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: titleOf(await invoiceOf((await params).invoiceId)) };
}

export default async function AdminInvoicePage({ params }: { params: Params }) {
  const scope = await requirePlatform();
  const invoice = await invoiceOf((await params).invoiceId);
  const { collection, canCollect } = await adminCollection(scope, invoice.id);
  const due =
    microsFromNumeric(invoice.totalAmount) - centsToMicros(invoice.paidCents + invoice.creditedCents);
  return (
    <>
      <PageHeader
        title={titleOf(invoice)}
        description={`To ${invoice.customerName}, for ${periodName(invoice)}.`}
        breadcrumb={[{ label: "Invoices", href: "/admin/invoices" }, { label: invoice.invoiceNumber }]}
        actions={
          <>
            <Button asChild variant="outline">
              <a href={`/admin/invoices/${invoice.id}/pdf`} download>
                <Download aria-hidden="true" />
                Download PDF
              </a>
            </Button>
            {canCollect ? (
              <CollectThroughStripe invoice={invoice} due={formatMicros(due)} action={collectInvoiceAction} />
            ) : null}
            {collection ? <CollectHere invoice={invoice} action={collectHereAction} /> : null}
            {isOwed(invoice.status) ? (
              <VoidInvoice
                invoice={invoice}
                choices={await listVoidChoices(scope, invoice.id)}
                action={voidInvoiceAction}
              />
            ) : null}
            {isCreditable(invoice) && !collection ? (
              <IssueCreditNote
                invoice={invoice}
                isPaid={!isOwed(invoice.status)}
                bearsPlan={invoice.lines.some(({ kind }) => kind === "plan" || kind === "proration")}
                action={issueCreditNoteAction}
              />
            ) : null}
            {isOwed(invoice.status) ? <RecordPayment invoice={invoice} record={recordPaymentAction} /> : null}
          </>
        }
      />
      {collection ? <CollectionAlert collection={collection} /> : null}
      <InvoiceDocument
        logo={await logoUrl(invoice.seller.logo)}
        invoice={invoice}
        now={new Date()}
        href={`/admin/invoices/${invoice.id}`}
        otherHref={(invoiceId) => `/admin/invoices/${invoiceId}`}
      />
    </>
  );
}
