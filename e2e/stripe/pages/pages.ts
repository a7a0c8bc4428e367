import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import type Stripe from "stripe";
import { StripeFault } from "../fault";
import { answerPaymentChallenge } from "../payment";
import { onboard } from "../resources/accounts";
import { answerSetupChallenge } from "../resources/setup-intents";
import type { World } from "../world";
import { checkoutPage, invoicePage } from "./card-pages";
import { CARD_FIELDS, dollars, escapeHtml, NOTE, redirect, sendPage } from "./html";

export type Visit = {
  world: World;
  id: string;
  query: URLSearchParams;
  /** What a form sent; null when the page is only looked at. */
  form: URLSearchParams | null;
  response: ServerResponse;
};

const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");
const STAND_IN = read("./stand-in.js");
const CARD_FRAME = read("./card-frame.js");

type Intent = Stripe.PaymentIntent | Stripe.SetupIntent;

function intentOf(world: World, id: string, secret: string | null): Intent | null {
  const intent = world.paymentIntents.find(id) ?? world.setupIntents.find(id);
  return intent && intent.client_secret === secret ? intent : null;
}

/** Where a browser goes after its bank's page, with what Stripe adds to the address. */
function returnOf(world: World, intent: Intent): string | null {
  const url = world.returnUrls.get(intent.id);
  if (!url) return null;
  const target = new URL(url);
  target.searchParams.set(intent.object, intent.id);
  target.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? "");
  target.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "failed");
  return String(target);
}

/** The page of the customer's bank: 3D Secure. */
function challenge({ world, id, query, form, response }: Visit): void {
  const intent = intentOf(world, id, (form ?? query).get("secret"));
  if (!intent) return void notFound(response);
  const isFramed = (form ?? query).get("framed") === "1";
  if (form) {
    const isAuthenticated = form.get("answer") === "complete";
    if (intent.object === "payment_intent") answerPaymentChallenge(world, intent, isAuthenticated);
    else answerSetupChallenge(world, intent, isAuthenticated);
  }
  if (intent.status !== "requires_action") {
    const target = isFramed ? null : returnOf(world, intent);
    if (target) return void redirect(response, target);
    const script = `parent !== window && parent.postMessage({ from: "stripe-double", is: "answered" }, "*");`;
    return void sendPage(response, { title: "Done", body: "<h1>You may close this page</h1>", script });
  }
  const asked =
    intent.object === "payment_intent" ? `a payment of ${dollars(intent.amount)}` : "saving your card";
  const body = `<h1>Your bank</h1><p>HireBuddha asks for ${asked}. Is it you?</p>
    <form method="post"><input type="hidden" name="secret" value="${escapeHtml(intent.client_secret ?? "")}">
    <input type="hidden" name="framed" value="${isFramed ? "1" : "0"}">
    <button name="answer" value="complete">Complete authentication</button>
    <button name="answer" value="fail" class="quiet">Fail authentication</button></form>${NOTE}`;
  sendPage(response, { title: "3D Secure", body });
}

/** Stripe's pages where a partner tells who it is. */
function onboarding({ world, id, form, response }: Visit): void {
  const link = world.accountLinks.get(id);
  const account = link ? world.accounts.find(link.account) : null;
  if (!link || !account) return void notFound(response);
  if (link.expiresAt <= world.now()) return void redirect(response, link.refreshUrl);
  if (form) {
    world.accountLinks.delete(id);
    if (form.get("answer") === "complete") onboard(world, account, true);
    return void redirect(response, link.returnUrl);
  }
  const body = `<h1>Get paid by HireBuddha</h1><p>Account ${escapeHtml(account.id)} of ${escapeHtml(account.email ?? "nobody yet")}.</p>
    <form method="post"><button name="answer" value="complete">Tell all that is asked, and finish</button>
    <button name="answer" value="later" class="quiet">Finish later</button></form>${NOTE}`;
  sendPage(response, { title: "Connect", body });
}

/** The fields of a card, as they stand in a frame on the product's own page. */
function cardFrame({ response }: Visit): void {
  const body = `<form id="card" aria-label="Card">${CARD_FIELDS}<p id="problem" class="problem" role="alert"></p></form>${NOTE}`;
  sendPage(response, { title: "Card", body, script: CARD_FRAME, isFramed: true });
}

function notFound(response: ServerResponse): void {
  sendPage(response, { title: "Not found", body: "<h1>There is no such page</h1>" }, 404);
}

const PAGES: Readonly<Record<string, (visit: Visit) => void>> = {
  challenge,
  checkout: checkoutPage,
  "card-frame": cardFrame,
  invoices: invoicePage,
  onboarding,
};

/** Answers what a browser asks for. */
export function answerPage(
  world: World,
  incoming: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  const url = new URL(incoming.url ?? "/", world.origin);
  const [, kind = "", id = ""] = url.pathname.split("/");
  if (url.pathname === "/stripe.js") {
    response.writeHead(200, { "content-type": "text/javascript", "cache-control": "no-store" }).end(STAND_IN);
    return;
  }
  const page = PAGES[kind];
  if (!page) return void notFound(response);
  try {
    const form = incoming.method === "POST" ? new URLSearchParams(body) : null;
    page({ world, id, query: url.searchParams, form, response });
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    sendPage(
      response,
      { title: "Refused", body: `<h1>Refused</h1><p>${escapeHtml(error.message)}</p>` },
      error.status,
    );
  }
}
