import { Download } from "lucide-react";
import type { Metadata } from "next";
import { cache } from "react";
import { InvoiceDocument } from "@/components/billing/invoice-document";
import { periodName } from "@/components/billing/period-name";
import { TransferNote } from "@/components/payments/transfer-note";
import { PageHeader } from "@/components/shared/page-header";
import { Button } from "@/components/ui/button";
import { orNotFound } from "@/lib/auth/page";
import { dueCents } from "@/lib/billing/apply-payment";
import { getHostedInvoice } from "@/lib/billing/hosted";
import { isTooLittleForCard } from "@/lib/billing/least";
import { isUnpaid, titleOf } from "@/lib/billing/state";
import { logoUrl } from "@/lib/branding/logo";
import { isHostedAtStripe } from "@/lib/payments/collect/queries";
import { cardsAreOn } from "@/lib/stripe/settings";

type Params = Promise<{ token: string }>;

const invoiceOf = cache((token: string) => orNotFound(getHostedInvoice(token)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: titleOf(await invoiceOf((await params).token)) };
}

export default async function HostedInvoicePage({ params }: { params: Params }) {
  const { token } = await params;
  const invoice = await invoiceOf(token);
  const isAtStripe = await isHostedAtStripe(token);
  const due = dueCents(invoice);
  const canPay = !isAtStripe && due > 0n && !isTooLittleForCard(due) && (await cardsAreOn());
  return (
    <>
      <PageHeader
        title={titleOf(invoice)}
        description={`From ${invoice.sellerName} to ${invoice.customerName}, for ${periodName(invoice)}.`}
        actions={
          <>
            <Button asChild variant="outline">
              <a href={`/i/${token}/pdf`} download>
                <Download aria-hidden="true" />
                Download PDF
              </a>
            </Button>
            {canPay ? (
              <Button asChild>
                <a href={`/i/${token}/pay`}>Pay by card</a>
              </Button>
            ) : null}
            {isAtStripe ? (
              <Button asChild>
                <a href={`/i/${token}/pay`}>Pay at Stripe</a>
              </Button>
            ) : null}
          </>
        }
      />
      <InvoiceDocument
        logo={await logoUrl(invoice.seller.logo)}
        invoice={invoice}
        now={new Date()}
        href={`/i/${token}`}
        otherHref={(invoiceId) => {
          const other = invoice.otherTokens.get(invoiceId);
          return other ? `/i/${other}` : null;
        }}
      />
      {isUnpaid(invoice.status) && !isAtStripe ? (
        <div className="mt-6">
          <TransferNote invoiceNumber={invoice.invoiceNumber} dueCents={due} isOther={canPay} />
        </div>
      ) : null}
    </>
  );
}
