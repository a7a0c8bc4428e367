import type Stripe from "stripe";
import { z } from "zod";
import { sumInvoice } from "../billing";
import { invalid } from "../fault";
import { flag, integer, metadata, paging, takes, text } from "../params";
import { type Route, route } from "../router";
import { pageOf } from "../table";
import { mergedMetadata, type WireInvoice, type WireItem, type World } from "../world";
import { liveCustomer } from "./customers";

const period = z.strictObject({ start: integer, end: integer }).optional();
const common = {
  amount: integer.optional(),
  description: text.optional(),
  discountable: flag.optional(),
  metadata: metadata.optional(),
  period,
};

function draftOf(world: World, id: string, customer: string): WireInvoice {
  const invoice = world.invoices.get(id, "invoice");
  if (invoice.status !== "draft") {
    throw invalid("The specified invoice can no longer be edited", { code: "invoice_not_editable" });
  }
  if (invoice.customer !== customer) {
    throw invalid("The invoice belongs to a different customer.", { param: "invoice" });
  }
  return invoice;
}

function editable(world: World, id: string): { item: WireItem; invoice: WireInvoice | null } {
  const item = world.invoiceItems.get(id);
  return { item, invoice: item.invoice ? draftOf(world, String(item.invoice), String(item.customer)) : null };
}

export const invoiceItemRoutes: readonly Route[] = [
  route(
    "POST /v1/invoiceitems",
    takes<Stripe.InvoiceItemCreateParams>()({
      ...common,
      currency: z.literal("usd").optional(),
      customer: text,
      invoice: text.optional(),
      quantity: integer.optional(),
    } as const),
    ({ world, params }) => {
      const customer = liveCustomer(world, params.customer);
      const invoice = params.invoice ? draftOf(world, params.invoice, customer.id) : null;
      if (params.amount === undefined) {
        throw invalid(
          "One of the following params should be provided for this request: amount, pricing, or price_data.",
          {
            code: "parameter_missing",
            param: "amount",
          },
        );
      }
      const item: WireItem = world.invoiceItems.add({
        id: world.id("ii"),
        object: "invoiceitem",
        amount: params.amount,
        currency: "usd",
        customer: customer.id,
        customer_account: null,
        date: world.now(),
        description: params.description ?? null,
        discountable: params.discountable ?? true,
        discounts: [],
        invoice: invoice?.id ?? null,
        livemode: false,
        metadata: mergedMetadata({}, params.metadata),
        parent: null,
        period: params.period ?? { start: world.now(), end: world.now() },
        pricing: null,
        proration: false,
        quantity: params.quantity ?? 1,
        quantity_decimal: String(params.quantity ?? 1),
        tax_rates: [],
        test_clock: null,
      } satisfies WireItem);
      if (invoice) sumInvoice(world, invoice);
      world.emit({ type: "invoiceitem.created", object: item });
      return item;
    },
  ),
  route("GET /v1/invoiceitems/:id", {}, ({ world, path }) => world.invoiceItems.get(path.id ?? "")),
  route(
    "POST /v1/invoiceitems/:id",
    takes<Stripe.InvoiceItemUpdateParams>()(common),
    ({ world, params, path }) => {
      const { item, invoice } = editable(world, path.id ?? "");
      item.amount = params.amount ?? item.amount;
      item.description = params.description ?? item.description;
      item.period = params.period ?? item.period;
      item.metadata = mergedMetadata(item.metadata, params.metadata);
      if (invoice) sumInvoice(world, invoice);
      return item;
    },
  ),
  route("DELETE /v1/invoiceitems/:id", {}, ({ world, path }) => {
    const { item, invoice } = editable(world, path.id ?? "");
    world.invoiceItems.remove(item.id);
    if (invoice) sumInvoice(world, invoice);
    world.emit({ type: "invoiceitem.deleted", object: item });
    return { id: item.id, object: "invoiceitem", deleted: true };
  }),
  route(
    "GET /v1/invoiceitems",
    takes<Stripe.InvoiceItemListParams>()({
      ...paging,
      customer: text.optional(),
      invoice: text.optional(),
      pending: flag.optional(),
    }),
    ({ world, params, url }) =>
      world.invoiceItems.page(
        url,
        params,
        (one) =>
          (!params.customer || one.customer === params.customer) &&
          (!params.invoice || one.invoice === params.invoice) &&
          (params.pending === undefined || params.pending === !one.invoice),
      ),
  ),
  route("GET /v1/invoices/:id/lines", paging, ({ world, params, path, url }) =>
    pageOf(world.invoices.get(path.id ?? "").lines.data, url, params),
  ),
  route("GET /v1/invoice_payments/:id", {}, ({ world, path }) => world.invoicePayments.get(path.id ?? "")),
  route(
    "GET /v1/invoice_payments",
    takes<Stripe.InvoicePaymentListParams>()({
      ...paging,
      invoice: text.optional(),
      payment: z.strictObject({ type: z.literal("payment_intent"), payment_intent: text }).optional(),
      status: z.enum(["canceled", "open", "paid"]).optional(),
    }),
    ({ world, params, url }) =>
      world.invoicePayments.page(
        url,
        params,
        (one) =>
          (!params.invoice || one.invoice === params.invoice) &&
          (!params.payment || one.payment.payment_intent === params.payment.payment_intent) &&
          (!params.status || one.status === params.status),
      ),
  ),
];
