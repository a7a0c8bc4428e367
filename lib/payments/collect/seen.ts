import type Stripe from "stripe";
import { env } from "@/lib/env";
import { isId } from "@/lib/ids";
import { orGone } from "./calls";
import { stripePage } from "./page-address";

/** An invoice of Stripe's as it is now, with what paid it or is to pay it. */
export type SeenInvoice = {
  invoice: Stripe.Invoice;
  /** All of its payments: which of them paid is not on the invoice itself. */
  payments: readonly Stripe.InvoicePayment[];
  /** The intent of the payment that paid it, else of the one that is to. */
  intent: Stripe.PaymentIntent | null;
  /** Where it is paid; null while it is a draft. */
  pageUrl: string | null;
};

const idOf = (object: string | { id: string } | null | undefined): string | null =>
  typeof object === "string" ? object : (object?.id ?? null);

export const intentIdOf = ({ payment }: Stripe.InvoicePayment): string | null =>
  payment.type === "payment_intent" ? idOf(payment.payment_intent) : null;

/** Looks at an invoice by its id; null for one that is gone, or by which nothing of ours is collected. */
export async function seeInvoice(stripe: Stripe, id: string): Promise<SeenInvoice | null> {
  const invoice = await orGone(stripe.invoices.retrieve(id));
  if (!invoice || !isId(invoice.metadata?.payment_id) || !isId(invoice.metadata.tenant_id)) return null;
  const payments: Stripe.InvoicePayment[] = [];
  for await (const payment of stripe.invoicePayments.list({ invoice: id, limit: 100 }))
    payments.push(payment);
  const current =
    payments.find(({ status }) => status === "paid") ?? payments.find((payment) => payment.is_default);
  const intentId = current ? intentIdOf(current) : null;
  return {
    invoice,
    payments,
    intent: intentId ? await stripe.paymentIntents.retrieve(intentId) : null,
    pageUrl: stripePage(invoice.hosted_invoice_url, env().STRIPE_API_BASE ?? null),
  };
}

/** The same by one of its payments. */
export async function seeInvoiceOfPayment(stripe: Stripe, id: string): Promise<SeenInvoice | null> {
  const payment = await orGone(stripe.invoicePayments.retrieve(id));
  const invoiceId = idOf(payment?.invoice);
  return invoiceId ? seeInvoice(stripe, invoiceId) : null;
}

/** The same by the intent that pays it; null where that pays no invoice of ours. */
export async function seeInvoiceOfIntent(
  stripe: Stripe,
  intent: Stripe.PaymentIntent,
): Promise<SeenInvoice | null> {
  const { data } = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intent.id },
    limit: 1,
  });
  const invoiceId = idOf(data[0]?.invoice);
  return invoiceId ? seeInvoice(stripe, invoiceId) : null;
}
