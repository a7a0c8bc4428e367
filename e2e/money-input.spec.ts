import { createHmac, randomUUID } from "node:crypto";
import type { APIRequestContext } from "@playwright/test";
import { formatMonth, isClosable, previousMonth } from "@/lib/billing/period";
import { SECRETS } from "../scripts/serve/stripe";
import { Caller } from "./caller";
import { demo } from "./demo";
import { expect, signIn, test, visit } from "./fixtures";
import { mailedPath, signUp, somebody } from "./pages";

const STRIPE = `http://127.0.0.1:${process.env.E2E_STRIPE_PORT}`;
const AS_PLATFORM = { authorization: "Bearer sk_test_ofTheDouble1" };

/** The head by which Stripe vouches for a body, some seconds ago. */
function signature(body: string, secret: string, secondsAgo = 0): string {
  const time = Math.floor(Date.now() / 1000) - secondsAgo;
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

function eventBody(id: string, pad = 0): string {
  return JSON.stringify({
    id,
    object: "event",
    api_version: "2026-10-28.endive",
    created: Math.floor(Date.now() / 1000),
    livemode: false,
    type: "customer.created",
    data: { object: { id: "cus_nobody", object: "customer", description: "x".repeat(pad) } },
  });
}

function send(request: APIRequestContext, path: string, body: string, signed: string | null) {
  const headers = { "content-type": "application/json", ...(signed ? { "stripe-signature": signed } : {}) };
  return request.post(path, { headers, data: Buffer.from(body) });
}

test("an event with a bad, old, foreign or missing signature, or too large a body, is refused and not stored", async ({
  request,
}) => {
  for (const [path, own, other] of [
    ["/api/webhooks/stripe", SECRETS.account, SECRETS.connect],
    ["/api/webhooks/stripe/connect", SECRETS.connect, SECRETS.account],
  ] as const) {
    const id = `evt_${randomUUID().replaceAll("-", "")}`;
    const body = eventBody(id);
    const refused: readonly (string | null)[] = [
      null,
      "",
      "t=1",
      `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`,
      signature(body, other),
      signature(body, own, 400),
      signature(`${body} `, own),
    ];
    for (const signed of refused)
      expect((await send(request, path, body, signed)).status(), `${path} ${signed}`).toBe(400);
    const huge = eventBody(id, 1_100_000);
    expect((await send(request, path, huge, signature(huge, own))).status()).toBe(413);
    // None of them was kept: to us it is a new one, once.
    const first = await send(request, path, body, signature(body, own));
    expect(await first.json()).toEqual({ received: true, duplicate: false });
    const again = await send(request, path, body, signature(body, own, 60));
    expect(await again.json()).toEqual({ received: true, duplicate: true });
  }
});

type Started = { paymentId: string; clientSecret: string };

const intentOf = ({ clientSecret }: Started) => clientSecret.split("_secret")[0] ?? "";

/** What a browser does with a card that needs no question. */
function confirm(request: APIRequestContext, started: Started) {
  return request.post(`${STRIPE}/v1/payment_intents/${intentOf(started)}/confirm`, {
    headers: AS_PLATFORM,
    form: { payment_method: "pm_card_visa" },
  });
}

test("double click on pay: twenty identical posts at once are one payment with one answer, and twenty confirmations one charge", async ({
  page,
  baseURL,
}) => {
  await signUp(page, somebody("Doubleclick"));
  const payer = new Caller("payer", page.request, baseURL ?? "");
  const input = { amount: "25", requestKey: randomUUID() };
  const twenty = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 20 }, work));
  const answers = await twenty(() => payer.act("startTopupAction", input));
  expect(answers.map(({ code, ok }) => (ok ? "ok" : code))).toEqual(Array.from({ length: 20 }, () => "ok"));
  const started = answers.map(({ data }) => data as Started);
  const first = started.at(-1) as Started;
  expect(new Set(started.map(({ paymentId, clientSecret }) => `${paymentId} ${clientSecret}`)).size).toBe(1);
  const confirmed = await twenty(() => confirm(page.request, first));
  expect(confirmed.filter((answer) => answer.ok())).toHaveLength(1);
  const looked = await twenty(() => payer.act("refreshPaymentAction", { paymentId: first.paymentId }));
  expect(looked.map(({ data }) => (data as { status: string } | undefined)?.status)).toEqual(
    Array.from({ length: 20 }, () => "succeeded"),
  );
  const charges = await page.request.get(`${STRIPE}/v1/charges?payment_intent=${intentOf(first)}`, {
    headers: AS_PLATFORM,
  });
  const { data } = await charges.json();
  expect(data.map((one: { amount: number; status: string }) => [one.amount, one.status])).toEqual([
    [2500, "succeeded"],
  ]);
  await page.goto("/app/billing/credit");
  await expect(page.getByRole("row", { name: /Credit bought/ })).toHaveCount(1);
});

test("a currency that is none of ours, seven decimals and less than nothing are refused by their field", async ({
  playwright,
  baseURL,
}) => {
  const [admin, owner] = [
    await Caller.make(playwright, "admin", baseURL ?? ""),
    await Caller.make(playwright, "owner", baseURL ?? ""),
  ];
  await admin.signIn(demo().users.appAdmin);
  await owner.signIn(demo().users.tenantAdmin);
  const rate = { resourceType: "workflow_node", rate: "0.01" };
  const order = { amount: "25", requestKey: randomUUID() };
  const tries = [
    [admin, "setSystemRateAction", { ...rate, currency: "EUR" }, "currency"],
    [admin, "setSystemRateAction", { ...rate, rate: "0.0000001" }, "rate"],
    [admin, "setSystemRateAction", { ...rate, rate: "-1" }, "rate"],
    [owner, "startTopupAction", { ...order, amount: "25.0000001" }, "amount"],
    [owner, "startTopupAction", { ...order, amount: "-25" }, "amount"],
    [owner, "startTopupAction", { ...order, amount: "25 EUR" }, "amount"],
    [owner, "orderTransferAction", { ...order, amount: "25.0000001" }, "amount"],
    [owner, "saveAutoTopupAction", { threshold: "0.0000001", amount: "50", monthlyMax: "120" }, "threshold"],
  ] as const;
  for (const [who, action, input, field] of tries) {
    const { ok, code, error } = await who.act(action, input);
    expect([ok, code], `${action} ${JSON.stringify(input)}`).toEqual([false, "invalid"]);
    expect(Object.keys((error as { fields: object }).fields)).toEqual([field]);
  }
  // What is not asked for is refused too: nobody brings a price or a tenant along.
  const extra = await owner.act("startTopupAction", { ...order, totalCents: "1" });
  expect([extra.ok, extra.code]).toEqual([false, "invalid"]);
});

test("a period is closed once, however often and by how many it is asked for at once", async ({
  page,
  baseURL,
  api,
}) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/invoices");
  await page.getByRole("button", { name: "Close a month" }).click();
  const customer = page.getByRole("dialog").getByLabel("Tenant").getByText("Brightleaf Foods");
  const tenantId = await customer.getAttribute("value");
  const admin = new Caller("admin", page.request, baseURL ?? "");
  const periods = async () => {
    const { data } = await (await api.get("/api/v1/invoices")).json();
    return data.filter((one: { kind: string }) => ["period", "statement"].includes(one.kind)).length;
  };
  const before = await periods();
  expect(before).toBeGreaterThan(0);
  const lastMonth = previousMonth(new Date());
  // In the first hour of a month nobody closes the one before.
  const mayClose = isClosable(lastMonth, new Date());
  const month = formatMonth(lastMonth);
  const closed = await Promise.all([1, 2, 3].map(() => admin.act("closePeriodAction", { month, tenantId })));
  for (const { ok, data, code } of closed) {
    expect(ok).toBe(mayClose);
    if (!mayClose) {
      expect(code).toBe("invalid");
      continue;
    }
    expect(data).toMatchObject({ invoiced: 0 });
    expect((data as { alreadyInvoiced: number }).alreadyInvoiced).toBeGreaterThan(0);
  }
  expect(await periods()).toBe(before);
});

test("the address of an invoice opens that invoice alone: changed by a letter it opens nothing, for looking or paying", async ({
  page,
  playwright,
  baseURL,
}) => {
  const buyer = somebody("Addressee");
  await signUp(page, buyer);
  const payer = new Caller("payer", page.request, baseURL ?? "");
  const bought = (await payer.must("startTopupAction", {
    amount: "25",
    requestKey: randomUUID(),
  })) as Started;
  await confirm(page.request, bought);
  await payer.must("refreshPaymentAction", { paymentId: bought.paymentId });
  // Credit that is paid has its invoice, mailed with an address of its own.
  const path = await mailedPath(page, buyer.email, "i");
  const token = path.split("/").at(-1) ?? "";
  const stranger = await Caller.make(playwright, "stranger", baseURL ?? "");
  expect((await stranger.get(path)).status()).toBe(200);
  const changed = `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`;
  for (const wrong of [changed, token.slice(1), `${token}A`, "x"]) {
    for (const page of ["", "/pay", "/pdf"])
      expect((await stranger.get(`/i/${wrong}${page}`)).status(), `/i/${wrong}${page}`).toBe(404);
    const paid = await stranger.act("payHostedAction", { token: wrong, requestKey: randomUUID() });
    expect([paid.ok, paid.code]).toEqual([false, "not_found"]);
  }
  // It is paid: the address that is used again asks for nothing.
  const again = await stranger.act("payHostedAction", { token, requestKey: randomUUID() });
  expect([again.ok, again.code]).toEqual([false, "precondition"]);
});
