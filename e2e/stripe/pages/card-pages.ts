import type Stripe from "stripe";
import { payInvoice } from "../billing";
import { StripeFault } from "../fault";
import { tryPayment } from "../payment";
import { createMethod } from "../resources/payment-methods";
import { trySetup } from "../resources/setup-intents";
import type { World } from "../world";
import { CARD_FIELDS, dollars, escapeHtml, NOTE, redirect, sendPage } from "./html";
import type { Visit } from "./pages";

function methodOf(world: World, form: URLSearchParams): Stripe.PaymentMethod {
  const [month = "", year = ""] = (form.get("expiry") ?? "").split("/");
  return createMethod(world, {
    type: "card",
    card: {
      number: form.get("number") ?? "",
      exp_month: Number(month),
      exp_year: 2000 + Number(year),
      cvc: form.get("cvc") ?? "",
    },
  });
}

/** Does it, and gives what a person is told when a card was refused. */
function problemOf(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof StripeFault && error.status === 402) return error.message;
    throw error;
  }
}

const told = (problem: string | null) =>
  problem ? `<p class="problem" role="alert">${escapeHtml(problem)}</p>` : "";

function pay(
  world: World,
  session: Stripe.Checkout.Session,
  form: URLSearchParams,
  back: string,
): string | null {
  const intent = world.paymentIntents.find(String(session.payment_intent));
  const setup = world.setupIntents.find(String(session.setup_intent));
  return problemOf(() => {
    const method = methodOf(world, form);
    if (intent) {
      world.returnUrls.set(intent.id, back);
      tryPayment(world, intent, method, { returnUrl: back });
    }
    if (setup) {
      world.returnUrls.set(setup.id, back);
      trySetup(world, setup, method, { returnUrl: back });
    }
  });
}

/** The page of Checkout: pays or saves a card, and leads back. */
export function checkoutPage({ world, id, form, response }: Visit): void {
  const session = world.sessions.get(id);
  const success = (session.success_url ?? "").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
  if (session.status === "complete") return void redirect(response, success);
  if (session.status === "expired") {
    return void sendPage(response, { title: "Checkout", body: "<h1>This page has expired</h1>" }, 410);
  }
  const back = `${world.origin}/checkout/${session.id}`;
  const intent =
    world.paymentIntents.find(String(session.payment_intent)) ??
    world.setupIntents.find(String(session.setup_intent));
  const problem = form ? pay(world, session, form, back) : lastProblem(intent);
  const next = intent?.next_action?.redirect_to_url?.url;
  if (form && next) return void redirect(response, next);
  if (session.status === "complete") return void redirect(response, success);
  const items = (world.lineItems.get(session.id) ?? [])
    .map((item) => `<tr><td>${escapeHtml(item.description)}</td><td>${dollars(item.amount_total)}</td></tr>`)
    .join("");
  const verb = session.mode === "payment" ? `Pay ${dollars(session.amount_total ?? 0)}` : "Save card";
  const cancel = session.cancel_url
    ? `<p><a href="${escapeHtml(session.cancel_url)}">Back without paying</a></p>`
    : "";
  const body = `<h1>Checkout</h1><table>${items}</table>${told(problem)}<form method="post">${CARD_FIELDS}<button>${verb}</button></form>${cancel}${NOTE}`;
  sendPage(response, { title: "Checkout", body });
}

function lastProblem(intent: Stripe.PaymentIntent | Stripe.SetupIntent | null): string | null {
  if (!intent) return null;
  const error = intent.object === "payment_intent" ? intent.last_payment_error : intent.last_setup_error;
  return error?.message ?? null;
}

/** Stripe's page of an invoice. */
export function invoicePage({ world, id, form, response }: Visit): void {
  const invoice = world.invoices.get(id);
  const back = `${world.origin}/invoices/${invoice.id}`;
  const problem = form
    ? problemOf(() => {
        const [payment] = world.invoicePayments.where((one) => one.invoice === id && one.status === "open");
        if (payment) world.returnUrls.set(String(payment.payment.payment_intent), back);
        payInvoice(world, invoice, {
          methodId: methodOf(world, form).id,
          isOffSession: false,
          isOutOfBand: false,
        });
      })
    : null;
  const [open] = world.invoicePayments.where((one) => one.invoice === id && one.status === "open");
  const intent = open ? world.paymentIntents.get(String(open.payment.payment_intent)) : null;
  if (intent?.status === "requires_action") {
    return void redirect(response, `${world.origin}/challenge/${intent.id}?secret=${intent.client_secret}`);
  }
  const lines = invoice.lines.data
    .map((line) => `<tr><td>${escapeHtml(line.description ?? "")}</td><td>${dollars(line.amount)}</td></tr>`)
    .join("");
  const isOpen = invoice.status === "open";
  const action = isOpen
    ? `<form method="post">${CARD_FIELDS}<button>Pay ${dollars(invoice.amount_remaining)}</button></form>`
    : `<p>${invoice.status === "paid" ? "Paid. Thank you." : `This invoice is ${invoice.status}.`}</p>`;
  const body = `<h1>Invoice ${escapeHtml(invoice.number ?? "")}</h1><table>${lines}</table>${told(problem)}${action}${NOTE}`;
  sendPage(response, { title: `Invoice ${invoice.number}`, body });
}
