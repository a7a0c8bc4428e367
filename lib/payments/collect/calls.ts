import type Stripe from "stripe";
import { bodyHash } from "@/lib/stripe/body-hash";
import { failureOf } from "@/lib/stripe/failures";
import { stripeKeys } from "@/lib/stripe/keys";
import type { Outgoing } from "@/lib/stripe/request";
import type { OurMetadata } from "../store";
import type { Collection } from "./store";

/** What becomes null of an object that Stripe does not have. */
export async function orGone<T>(ask: Promise<T>): Promise<T | null> {
  try {
    return await ask;
  } catch (error) {
    if (failureOf(error)?.status === 404) return null;
    throw error;
  }
}

const common = (collection: Collection, step: Parameters<typeof stripeKeys.invoice>[1]) => ({
  key: stripeKeys.invoice(collection.invoiceId, step, collection.round),
  tenantId: collection.tenantId,
  target: { type: "payment", id: collection.paymentId },
});

/** Where Stripe sends it: an invoice that is sent needs an address. */
export function addressOf(
  { tenantId, paymentId }: Collection,
  customer: string,
  details: { name: string; email: string },
): Outgoing<{ id: string }> {
  const asked = { customer, details, paymentId };
  return {
    key: stripeKeys.customerDetails(customer, bodyHash(asked)),
    operation: "customer.update",
    body: asked,
    tenantId,
    target: { type: "tenant", id: tenantId },
    send: (stripe, options) => stripe.customers.update(customer, details, options),
    get: async () => ({ id: customer }),
    // Saying it again changes nothing.
    find: async () => null,
  };
}

/** The draft, with our number and our date. A number is used up by an invoice that is void, so a later round has its own. */
export function creationOf(collection: Collection, customer: string): Outgoing<Stripe.Invoice> {
  const { tenantId, paymentId, invoiceId, invoiceNumber, round } = collection;
  const metadata: OurMetadata = { tenant_id: tenantId, payment_id: paymentId, invoice_id: invoiceId };
  const body: Stripe.InvoiceCreateParams = {
    customer,
    collection_method: "send_invoice",
    due_date: Math.floor(collection.dueAt.getTime() / 1000),
    number: round > 1 ? `${invoiceNumber}-${round}` : invoiceNumber,
    auto_advance: false,
    currency: "usd",
    pending_invoice_items_behavior: "exclude",
    metadata: { ...metadata },
  };
  return {
    ...common(collection, "create"),
    operation: "invoice.create",
    body,
    send: (stripe, options) => stripe.invoices.create(body, options),
    get: (stripe, id) => stripe.invoices.retrieve(id),
    find: async (stripe) => {
      const { data } = await stripe.invoices.list({ customer, limit: 100 });
      return data.find((one) => one.metadata?.payment_id === paymentId) ?? null;
    },
  };
}

/** One line of what is due, with its tax: of what that is made up our own invoice tells. */
export function lineOf(
  collection: Collection,
  customer: string,
  stripeId: string,
): Outgoing<Stripe.InvoiceItem> {
  const body: Stripe.InvoiceItemCreateParams = {
    customer,
    invoice: stripeId,
    amount: Number(collection.amountCents),
    currency: "usd",
    description: `What is due on invoice ${collection.invoiceNumber}, with its tax`,
    metadata: { invoice_id: collection.invoiceId },
  };
  return {
    ...common(collection, "line:1"),
    operation: "invoice_item.create",
    body,
    send: (stripe, options) => stripe.invoiceItems.create(body, options),
    get: (stripe, id) => stripe.invoiceItems.retrieve(id),
    find: async (stripe) => {
      const { data } = await stripe.invoiceItems.list({ invoice: stripeId, limit: 10 });
      return data.find((one) => one.metadata?.invoice_id === collection.invoiceId) ?? null;
    },
  };
}

/** From here on it can be paid. */
export function finalizationOf(collection: Collection, stripeId: string): Outgoing<Stripe.Invoice> {
  return {
    ...common(collection, "finalize"),
    operation: "invoice.finalize",
    body: { stripeId },
    send: (stripe, options) => stripe.invoices.finalizeInvoice(stripeId, { auto_advance: false }, options),
    get: (stripe, id) => stripe.invoices.retrieve(id),
    find: async (stripe) => {
      const now = await stripe.invoices.retrieve(stripeId);
      return now.status === "draft" ? null : now;
    },
  };
}

/** Stripe mails it. To ask for that again is to mail it again, which harms nobody. */
export function sendingOf(collection: Collection, stripeId: string): Outgoing<Stripe.Invoice> {
  return {
    ...common(collection, "send"),
    operation: "invoice.send",
    body: { stripeId },
    send: (stripe, options) => stripe.invoices.sendInvoice(stripeId, {}, options),
    get: (stripe, id) => stripe.invoices.retrieve(id),
    find: async () => null,
  };
}

/** Nobody can pay it any more. */
export function voidingOf(collection: Collection, stripeId: string): Outgoing<Stripe.Invoice> {
  return {
    ...common(collection, "void"),
    operation: "invoice.void",
    body: { stripeId },
    send: (stripe, options) => stripe.invoices.voidInvoice(stripeId, {}, options),
    get: (stripe, id) => stripe.invoices.retrieve(id),
    find: async (stripe) => {
      const now = await stripe.invoices.retrieve(stripeId);
      return now.status === "void" ? now : null;
    },
  };
}

/** Drops a draft. */
export function droppingOf(collection: Collection, stripeId: string): Outgoing<{ id: string }> {
  return {
    ...common(collection, "drop"),
    operation: "invoice.delete",
    body: { stripeId },
    send: (stripe, options) => stripe.invoices.del(stripeId, {}, options),
    get: async () => ({ id: stripeId }),
    find: async (stripe) =>
      (await orGone(stripe.invoices.retrieve(stripeId))) === null ? { id: stripeId } : null,
  };
}
