import type { Metadata } from "next";
import { cache } from "react";
import { PayHostedForm } from "@/components/payments/pay-hosted-form";
import { StripePageLink } from "@/components/payments/stripe-page";
import { TransferNote } from "@/components/payments/transfer-note";
import { PageHeader } from "@/components/shared/page-header";
import { orNotFound } from "@/lib/auth/page";
import { dueCents } from "@/lib/billing/apply-payment";
import { getHostedInvoice } from "@/lib/billing/hosted";
import { isTooLittleForCard } from "@/lib/billing/least";
import { centsToMicros, formatMicros } from "@/lib/money";
import { findHostedStripePage } from "@/lib/payments/collect/queries";
import { cardsAreOn } from "@/lib/stripe/settings";
import { payHostedAction, refreshHostedAction } from "./actions";

type Params = Promise<{ token: string }>;

const invoiceOf = cache((token: string) => orNotFound(getHostedInvoice(token)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  return { title: `Pay ${(await invoiceOf((await params).token)).invoiceNumber}` };
}

export default async function PayHostedPage({ params }: { params: Params }) {
  const { token } = await params;
  const invoice = await invoiceOf(token);
  const due = dueCents(invoice);
  const amount = formatMicros(centsToMicros(due));
  const page = await findHostedStripePage(token);
  const isOpen = await cardsAreOn();
  return (
    <>
      <PageHeader
        title={`Pay ${invoice.invoiceNumber}`}
        description={
          due > 0n
            ? `${amount} to ${invoice.sellerName}, for ${invoice.customerName}.`
            : "Nothing is due on this invoice."
        }
      />
      {page ? (
        <StripePageLink due={amount} url={page.url} />
      ) : isOpen && !isTooLittleForCard(due) ? (
        <PayHostedForm
          token={token}
          isDue={due > 0n}
          due={amount}
          start={payHostedAction}
          refresh={refreshHostedAction}
        />
      ) : due > 0n ? (
        <TransferNote invoiceNumber={invoice.invoiceNumber} dueCents={due} />
      ) : null}
    </>
  );
}
