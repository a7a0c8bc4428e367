import type Stripe from "stripe";
import { z } from "zod";
import { closeInvoice, finalize, payInvoice, sumInvoice } from "../billing";
import { invalid } from "../fault";
import { created, flag, integer, metadata, paging, takes, text } from "../params";
import { type Call, type Route, route } from "../router";
import { mergedMetadata, type WireInvoice, type World } from "../world";
import { liveCustomer } from "./customers";
import { searchRoute } from "./search";

const common = {
  auto_advance: flag.optional(),
  collection_method: z.enum(["charge_automatically", "send_invoice"]).optional(),
  days_until_due: integer.optional(),
  default_payment_method: text.optional(),
  description: text.optional(),
  due_date: integer.optional(),
  footer: text.optional(),
  metadata: metadata.optional(),
  number: text.optional(),
};
type Common = Partial<z.infer<z.ZodObject<typeof common, z.core.$strict>>>;

const create = takes<Stripe.InvoiceCreateParams>()({
  ...common,
  currency: z.literal("usd").optional(),
  customer: text,
  pending_invoice_items_behavior: z.enum(["exclude", "include"]).optional(),
} as const);

function newInvoice(world: World, customer: Stripe.Customer): WireInvoice {
  const id = world.id("in");
  return world.invoices.add({
    id,
    object: "invoice",
    account_country: "US",
    account_name: "HireBuddha",
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: "charge_automatically",
    created: world.now(),
    currency: "usd",
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: { object: "list", data: [], has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode: false,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: world.now(),
    period_start: world.now(),
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  } satisfies WireInvoice);
}

function apply(world: World, invoice: WireInvoice, params: Common): void {
  if (params.number !== undefined) {
    const isTaken =
      world.invoices.where((one) => one.number === params.number && one.id !== invoice.id).length > 0;
    if (isTaken)
      throw invalid(`The invoice number ${params.number} is already used by another invoice.`, {
        param: "number",
      });
    if (params.number.length > 26)
      throw invalid("Invalid string: must be at most 26 characters", { param: "number" });
    invoice.number = params.number || null;
  }
  if (params.default_payment_method) {
    invoice.default_payment_method = world.paymentMethods.get(
      params.default_payment_method,
      "default_payment_method",
    ).id;
  }
  invoice.auto_advance = params.auto_advance ?? invoice.auto_advance;
  invoice.collection_method = params.collection_method ?? invoice.collection_method;
  invoice.description = params.description ?? invoice.description;
  invoice.footer = params.footer ?? invoice.footer;
  invoice.metadata = mergedMetadata(invoice.metadata, params.metadata);
  const isDated = params.days_until_due !== undefined || params.due_date !== undefined;
  if (isDated && invoice.collection_method !== "send_invoice") {
    throw invalid(
      "You can only set `days_until_due` or `due_date` when `collection_method` is `send_invoice`.",
      {
        param: params.due_date === undefined ? "days_until_due" : "due_date",
      },
    );
  }
  if (invoice.collection_method === "send_invoice" && !world.customers.get(String(invoice.customer)).email) {
    throw invalid(
      "Missing email. In order to create invoices that are sent to the customer, the customer must have a valid email.",
      { param: "customer" },
    );
  }
  if (isDated) invoice.due_date = params.due_date ?? world.now() + (params.days_until_due ?? 0) * 24 * 3600;
}

function byPath({ world, path }: Call): WireInvoice {
  return world.invoices.get(path.id ?? "");
}

function editable(invoice: WireInvoice): WireInvoice {
  if (invoice.status === "draft") return invoice;
  throw invalid("Finalized invoices can't be updated in this way", { code: "invoice_not_editable" });
}

export const invoiceRoutes: readonly Route[] = [
  route("POST /v1/invoices", create, ({ world, params }) => {
    const invoice = newInvoice(world, liveCustomer(world, params.customer));
    apply(world, invoice, params);
    if (params.pending_invoice_items_behavior === "include") {
      for (const item of world.invoiceItems.where(
        (one) => one.customer === invoice.customer && !one.invoice,
      )) {
        item.invoice = invoice.id;
      }
    }
    sumInvoice(world, invoice);
    world.emit({ type: "invoice.created", object: invoice });
    return invoice;
  }),
  route("GET /v1/invoices/:id", {}, byPath),
  route("POST /v1/invoices/:id", takes<Stripe.InvoiceUpdateParams>()(common), (call) => {
    const invoice = byPath(call);
    const { metadata: _, ...rest } = call.params;
    if (Object.keys(rest).some((name) => name !== "expand")) editable(invoice);
    apply(call.world, invoice, call.params);
    call.world.emit({ type: "invoice.updated", object: invoice });
    return invoice;
  }),
  route("DELETE /v1/invoices/:id", {}, (call) => {
    const { id } = editable(byPath(call));
    for (const item of call.world.invoiceItems.where((one) => one.invoice === id))
      call.world.invoiceItems.remove(item.id);
    call.world.invoices.remove(id);
    return { id, object: "invoice", deleted: true };
  }),
  route(
    "POST /v1/invoices/:id/finalize",
    takes<Stripe.InvoiceFinalizeInvoiceParams>()({ auto_advance: flag.optional() }),
    (call) => {
      const invoice = byPath(call);
      finalize(call.world, invoice);
      invoice.auto_advance = call.params.auto_advance ?? invoice.auto_advance;
      return invoice;
    },
  ),
  route(
    "POST /v1/invoices/:id/pay",
    takes<Stripe.InvoicePayParams>()({
      off_session: flag.optional(),
      paid_out_of_band: flag.optional(),
      payment_method: text.optional(),
    }),
    (call) => {
      const invoice = byPath(call);
      payInvoice(call.world, invoice, {
        methodId: call.params.payment_method,
        isOffSession: call.params.off_session ?? true,
        isOutOfBand: call.params.paid_out_of_band ?? false,
      });
      return invoice;
    },
  ),
  route("POST /v1/invoices/:id/void", {}, (call) => {
    const invoice = byPath(call);
    closeInvoice(call.world, invoice, "void");
    return invoice;
  }),
  route("POST /v1/invoices/:id/mark_uncollectible", {}, (call) => {
    const invoice = byPath(call);
    closeInvoice(call.world, invoice, "uncollectible");
    return invoice;
  }),
  route("POST /v1/invoices/:id/send", {}, (call) => {
    const invoice = byPath(call);
    if (invoice.collection_method !== "send_invoice") {
      throw invalid("You can only manually send an invoice if its collection method is 'send_invoice'.");
    }
    if (invoice.status === "draft") finalize(call.world, invoice);
    if (invoice.status !== "open" && invoice.status !== "uncollectible") {
      throw invalid(`You cannot send an invoice that is ${invoice.status}.`, { code: "invoice_not_open" });
    }
    call.world.emit({ type: "invoice.sent", object: invoice });
    return invoice;
  }),
  route(
    "GET /v1/invoices",
    takes<Stripe.InvoiceListParams>()({
      ...paging,
      created,
      customer: text.optional(),
      status: z.enum(["draft", "open", "paid", "uncollectible", "void"]).optional(),
    }),
    ({ world, params, url }) =>
      world.invoices.page(
        url,
        params,
        (one) =>
          (!params.customer || one.customer === params.customer) &&
          (!params.status || one.status === params.status),
      ),
  ),
  searchRoute("invoices", (world) => world.invoices.where(() => true)),
];
