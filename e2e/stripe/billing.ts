import type Stripe from "stripe";
import { invalid, StripeFault } from "./fault";
import { tryPayment } from "./payment";
import { newIntent } from "./resources/payment-intents";
import { methodById } from "./resources/payment-methods";
import { pageOf } from "./table";
import type { WireInvoice, WireLine, World } from "./world";

/** Adds up the lines of a draft. */
export function sumInvoice(world: World, invoice: WireInvoice): void {
  const items = world.invoiceItems.where((item) => item.invoice === invoice.id);
  const lines = items.map(
    (item): WireLine => ({
      id: item.id.replace(/^ii/, "il"),
      object: "line_item",
      amount: item.amount,
      currency: "usd",
      description: item.description,
      discount_amounts: [],
      discountable: item.discountable,
      discounts: [],
      invoice: invoice.id,
      livemode: false,
      metadata: item.metadata ?? {},
      parent: {
        invoice_item_details: {
          invoice_item: item.id,
          proration: false,
          proration_details: null,
          subscription: null,
        },
        subscription_item_details: null,
        type: "invoice_item_details",
      },
      period: item.period,
      pretax_credit_amounts: [],
      pricing: null,
      quantity: item.quantity,
      quantity_decimal: item.quantity_decimal,
      subscription: null,
      subtotal: item.amount,
      taxes: [],
    }),
  );
  const total = items.reduce((sum, item) => sum + item.amount, 0);
  const due = Math.max(0, total);
  invoice.lines = pageOf(lines, `/v1/invoices/${invoice.id}/lines`, { limit: 100 });
  Object.assign(invoice, {
    amount_due: due,
    amount_remaining: due,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  });
}

/** What is less is not charged: the invoice is paid at once, and its amount is owed on the customer's balance. Cents. */
const LEAST_CHARGE = 50;

/** A draft that cannot be finalized says why, and stays a draft. */
function notFinalized(world: World, invoice: WireInvoice): StripeFault {
  const message = "The customer's location is not recognized.";
  invoice.last_finalization_error = {
    code: "customer_tax_location_invalid",
    message,
    type: "invalid_request_error",
  };
  world.emit({ type: "invoice.finalization_failed", object: invoice });
  return invalid(message, { code: "customer_tax_location_invalid" });
}

function noteOverdue(world: World, invoice: WireInvoice): void {
  if (invoice.status === "open") world.emit({ type: "invoice.overdue", object: invoice });
}

/** Numbers a draft and opens it. What is due gets an intent to pay it with; nothing due is paid at once. */
export function finalize(world: World, invoice: WireInvoice): void {
  if (invoice.status !== "draft") {
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: "invoice_not_editable",
    });
  }
  if (invoice.lines.data.length === 0) {
    throw invalid("You cannot finalize an invoice without any line items.", {
      code: "invoice_no_customer_line_items",
    });
  }
  const customer = world.customers.get(String(invoice.customer));
  if (world.unfinalizable.has(customer.id)) throw notFinalized(world, invoice);
  const next = customer.next_invoice_sequence ?? 1;
  invoice.number ??= `${customer.invoice_prefix}-${String(next).padStart(4, "0")}`;
  customer.next_invoice_sequence = next + 1;
  invoice.status = "open";
  invoice.last_finalization_error = null;
  invoice.customer_email = customer.email;
  invoice.status_transitions.finalized_at = world.now();
  invoice.effective_at = world.now();
  invoice.hosted_invoice_url = `${world.origin}/invoices/${invoice.id}`;
  invoice.invoice_pdf = `${world.origin}/invoices/${invoice.id}/pdf`;
  world.emit({ type: "invoice.finalized", object: invoice });
  if (invoice.amount_due < LEAST_CHARGE) return void settle(world, invoice);
  if (invoice.due_date) world.clock.after(invoice.due_date - world.now(), () => noteOverdue(world, invoice));
  const intent = newIntent(world, { amount: invoice.amount_due, currency: "usd" });
  intent.customer = customer.id;
  intent.description = `Payment for Invoice ${invoice.number}`;
  world.emit({ type: "payment_intent.created", object: intent });
  world.invoicePayments.add({
    id: world.id("inpay"),
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.now(),
    currency: "usd",
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { type: "payment_intent", payment_intent: intent.id },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  });
}

function paymentOf(world: World, invoice: WireInvoice): Stripe.InvoicePayment | null {
  return world.invoicePayments.where((one) => one.invoice === invoice.id && one.is_default).at(-1) ?? null;
}

function settle(world: World, invoice: WireInvoice, isOutOfBand = false): void {
  invoice.status = "paid";
  invoice.amount_paid = isOutOfBand ? 0 : invoice.amount_due;
  if (isOutOfBand) invoice.amount_paid_off_stripe = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.next_payment_attempt = null;
  invoice.status_transitions.paid_at = world.now();
  world.emit({ type: "invoice.updated", object: invoice, previous: { status: "open" } });
  world.emit({ type: "invoice.paid", object: invoice });
  if (!isOutOfBand) world.emit({ type: "invoice.payment_succeeded", object: invoice });
}

/** An intent changed: the invoice that it is to pay follows. */
export function followIntent(world: World, intent: Stripe.PaymentIntent): void {
  const [payment] = world.invoicePayments.where(
    (one) => one.payment.payment_intent === intent.id && one.status === "open",
  );
  if (!payment) return;
  const invoice = world.invoices.get(String(payment.invoice));
  if (intent.status === "succeeded") {
    payment.status = "paid";
    payment.amount_paid = intent.amount_received;
    payment.status_transitions.paid_at = world.now();
    invoice.attempted = true;
    settle(world, invoice);
    world.emit({ type: "invoice_payment.paid", object: payment });
  }
  if (intent.status === "requires_payment_method" && intent.last_payment_error) {
    invoice.attempted = true;
    // What is tried by hand counts once: the rest are tries of Stripe's own schedule.
    invoice.attempt_count = Math.max(1, invoice.attempt_count);
    world.emit({ type: "invoice.payment_failed", object: invoice });
  }
  if (intent.status === "requires_action")
    world.emit({ type: "invoice.payment_action_required", object: invoice });
}

type Pay = { methodId: string | undefined; isOffSession: boolean; isOutOfBand: boolean };

function mayBePaid(invoice: WireInvoice): void {
  if (invoice.status === "paid") throw invalid("Invoice is already paid", { code: "invoice_already_paid" });
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalid(`This invoice is in status ${invoice.status} and cannot be paid.`, {
      code: "invoice_not_open",
    });
  }
}

/** Pays an open invoice, from a card or somewhere else. */
export function payInvoice(
  world: World,
  invoice: WireInvoice,
  { methodId, isOffSession, isOutOfBand }: Pay,
): void {
  if (invoice.status === "draft") finalize(world, invoice);
  mayBePaid(invoice);
  const payment = paymentOf(world, invoice);
  const intent = payment ? world.paymentIntents.get(String(payment.payment.payment_intent)) : null;
  if (isOutOfBand) {
    if (payment && intent) {
      payment.status = "canceled";
      payment.status_transitions.canceled_at = world.now();
      intent.status = "canceled";
      intent.canceled_at = world.now();
      world.emit({ type: "payment_intent.canceled", object: intent });
    }
    return void settle(world, invoice, true);
  }
  if (!intent) throw invalid("This invoice has nothing to be paid.");
  const customer = world.customers.get(String(invoice.customer));
  const id = methodId ?? invoice.default_payment_method ?? customer.invoice_settings.default_payment_method;
  if (!id) {
    throw invalid(
      "There is no `default_payment_method` set on this Customer or Invoice. Please set either a `default_payment_method` on the Invoice or `invoice_settings.default_payment_method` on the Customer before attempting to pay this invoice.",
      { code: "resource_missing" },
    );
  }
  const method = methodById(world, String(id));
  try {
    tryPayment(world, intent, method, { isOffSession: false });
  } catch (error) {
    if (error instanceof StripeFault && error.status === 402) {
      // The answer of an invoice carries no intent: it is found through its payments.
      const { payment_intent: _, ...facts } = error.facts;
      throw new StripeFault(402, facts);
    }
    throw error;
  }
  if (intent.status === "requires_action" && isOffSession) {
    throw new StripeFault(402, {
      type: "invalid_request_error",
      code: "invoice_payment_intent_requires_action",
      message:
        "Payment for this invoice requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice. For more details see: https://stripe.com/docs/billing/subscriptions/overview#requires-action",
    });
  }
}

/** Takes an open invoice back, or gives up on it; the intent to pay it goes with it when it is void. */
export function closeInvoice(world: World, invoice: WireInvoice, status: "void" | "uncollectible"): void {
  if (invoice.status !== "open" && !(status === "void" && invoice.status === "uncollectible")) {
    throw invalid(`This invoice is in status ${invoice.status} and cannot become ${status}.`, {
      code: "invoice_not_open",
    });
  }
  const payment = paymentOf(world, invoice);
  const intent = payment ? world.paymentIntents.find(String(payment.payment.payment_intent)) : null;
  if (status === "void" && intent?.status === "processing") {
    throw invalid("This invoice cannot be voided while a payment of it is processing.", {
      code: "payment_intent_unexpected_state",
    });
  }
  invoice.status = status;
  if (status === "uncollectible") {
    invoice.status_transitions.marked_uncollectible_at = world.now();
    world.emit({ type: "invoice.marked_uncollectible", object: invoice });
    return;
  }
  invoice.status_transitions.voided_at = world.now();
  if (payment && intent) {
    payment.status = "canceled";
    intent.status = "canceled";
    intent.cancellation_reason = "void_invoice";
    intent.canceled_at = world.now();
    world.emit({ type: "payment_intent.canceled", object: intent });
  }
  world.emit({ type: "invoice.voided", object: invoice });
}
