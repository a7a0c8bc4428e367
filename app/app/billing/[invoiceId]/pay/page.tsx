import type { Metadata } from "next";
import { cache } from "react";
import { AdminsOnly } from "@/components/accounts/admins-only";
import { PayInvoiceForm } from "@/components/payments/pay-invoice-form";
import { StripePageLink } from "@/components/payments/stripe-page";
import { TransferNote } from "@/components/payments/transfer-note";
import { PageHeader } from "@/components/shared/page-header";
import { denial } from "@/lib/auth/authorize";
import { orNotFound } from "@/lib/auth/page";
import { requireTenant } from "@/lib/auth/scope";
import { isTooLittleForCard } from "@/lib/billing/least";
import { getInvoice } from "@/lib/billing/queries";
import { centsToMicros, formatMicros } from "@/lib/money";
import { findStripePage } from "@/lib/payments/collect/queries";
import { isExpired } from "@/lib/payments/expiry";
import { methodName } from "@/lib/payments/method-name";
import { acceptsCards, getDue, listMethods } from "@/lib/payments/queries";
import { refreshPaymentAction } from "../../top-up/actions";
import { payInvoiceAction } from "./actions";

type Params = Promise<{ invoiceId: string }>;

const invoiceOf = cache(async (id: string) => orNotFound(getInvoice(await requireTenant(), id)));

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  if (denial(await requireTenant(), "billing.pay")) return { title: "Pay an invoice" };
  return { title: `Pay ${(await invoiceOf((await params).invoiceId)).invoiceNumber}` };
}

export default async function PayPage({ params }: { params: Params }) {
  const scope = await requireTenant();
  if (denial(scope, "billing.pay")) return <AdminsOnly title="Pay an invoice" />;
  const { invoiceId } = await params;
  const invoice = await invoiceOf(invoiceId);
  const due = await orNotFound(getDue(scope, invoiceId));
  const page = await findStripePage(scope, invoiceId);
  const isOpen = await acceptsCards(scope);
  const now = new Date();
  const cards = (await listMethods(scope))
    .filter(({ expiry }) => !isExpired(expiry, now))
    .map((method) => ({ id: method.id, label: methodName(method) }));
  return (
    <>
      <PageHeader
        title={`Pay ${invoice.invoiceNumber}`}
        breadcrumb={[
          { label: "Billing", href: "/app/billing" },
          { label: invoice.invoiceNumber, href: `/app/billing/${invoice.id}` },
          { label: "Pay" },
        ]}
        description={
          due > 0n ? `${formatMicros(centsToMicros(due))} is due.` : "Nothing is due on this invoice."
        }
      />
      {page ? (
        <StripePageLink due={formatMicros(centsToMicros(due))} url={page.url} />
      ) : isOpen && !isTooLittleForCard(due) ? (
        <PayInvoiceForm
          start={payInvoiceAction}
          refresh={refreshPaymentAction}
          cards={cards}
          invoiceId={invoice.id}
          isDue={due > 0n}
          due={formatMicros(centsToMicros(due))}
        />
      ) : due > 0n ? (
        <TransferNote invoiceNumber={invoice.invoiceNumber} dueCents={due} />
      ) : null}
    </>
  );
}
