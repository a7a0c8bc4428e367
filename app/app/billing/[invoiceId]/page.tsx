import { Download } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { DisputeAlert } from "@/components/billing/dispute-alert";
import { InvoiceDocument } from "@/components/billing/invoice-document";
import { periodName } from "@/components/billing/period-name";
import { TransferNote } from "@/components/payments/transfer-note";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { isTooLittleForCard } from "@/lib/billing/least";
import { getInvoice } from "@/lib/billing/queries";
import { isUnpaid, titleOf } from "@/lib/billing/state";
import { logoUrl } from "@/lib/branding/logo";
import { isPaidAtStripe } from "@/lib/payments/collect/queries";
import { findInvoiceDispute } from "@/lib/payments/dispute-queries";
import { acceptsCards, getDue } from "@/lib/payments/queries";

type Params = Promise<{ invoiceId: string }>;

const invoiceOf = cache(async (id: string) => orNotFound(getInvoice(await requireTenant(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  if (denial(await requireTenant(), "billing.read")) return { title: "Invoice" };
  return { title: titleOf(await invoiceOf((await params).invoiceId)) };
}

export default async function InvoicePage({ params }: { params: Params }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.read")) return <AdminsOnly title="Invoice" />;
  const invoice = await invoiceOf((await params).invoiceId);
  const isAtStripe = await isPaidAtStripe(scope, invoice.id);
  const due = await getDue(scope, invoice.id);
  const canPay =
    !isAtStripe &&
    denial(scope, "billing.pay") === null &&
    (await acceptsCards(scope)) &&
    due > 0n &&
    !isTooLittleForCard(due);
  const dispute = await findInvoiceDispute(scope, invoice.id);
  const hasUsage = invoice.lines.some(({ kind }) => kind === "usage");
  return (
    <>
      <PageHeader
        title={titleOf(invoice)}
        description={
          invoice.kind === "topup"
            ? "Credit that you bought. It pays for usage, which is not billed again."
            : `For ${periodName(invoice)}.${hasUsage ? " Open a line of usage to see the runs behind it." : ""}`
        }
        breadcrumb={[{ label: "Billing", href: "/app/billing" }, { label: invoice.invoiceNumber }]}
        actions={
          <>
            <Button asChild variant="outline">
              <a href={`/app/billing/${invoice.id}/pdf`} download>
                <Download aria-hidden="true" />
                Download PDF
              </a>
            </Button>
            {canPay ? (
              <Button asChild>
                <a href={`/app/billing/${invoice.id}/pay`}>Pay by card</a>
              </Button>
            ) : null}
            {isAtStripe && denial(scope, "billing.pay") === null ? (
              <Button asChild>
                <a href={`/app/billing/${invoice.id}/pay`}>Pay at Stripe</a>
              </Button>
            ) : null}
          </>
        }
      />
      {dispute ? <DisputeAlert dispute={dispute} isCredit={invoice.kind === "topup"} /> : null}
      <InvoiceDocument
        logo={await logoUrl(invoice.seller.logo)}
        invoice={invoice}
        now={new Date()}
        href={`/app/billing/${invoice.id}`}
        otherHref={(invoiceId) => `/app/billing/${invoiceId}`}
        lineHref={(lineId) => `/app/billing/${invoice.id}/lines/${lineId}`}
      />
      {isUnpaid(invoice.status) && !isAtStripe ? (
        <div className="mt-6">
          <TransferNote invoiceNumber={invoice.invoiceNumber} dueCents={due} isOther={canPay} />
        </div>
      ) : null}
    </>
  );
}
