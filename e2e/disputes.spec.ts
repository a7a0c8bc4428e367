import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { Caller } from "./caller";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";
import { listOfStripe, postToStripe, tellStripe } from "./stripe-double";

type Started = { paymentId: string; clientSecret: string };
type Dispute = { id: string; evidence_details: { due_by: number } };

/** Buys credit with a card whose owner tells the bank that it was not them. @returns the dispute, once Stripe has it */
async function buyDisputed(page: Page, payer: Caller, amount: string, card: string): Promise<Dispute> {
  const input = { amount, requestKey: randomUUID() };
  const { paymentId, clientSecret } = (await payer.must("startTopupAction", input)) as Started;
  const intent = clientSecret.split("_secret")[0];
  await postToStripe(page, `payment_intents/${intent}/confirm`, { form: { payment_method: card } });
  await payer.must("refreshPaymentAction", { paymentId });
  let found: Dispute[] = [];
  await expect
    .poll(async () => {
      found = await listOfStripe(page, `disputes?payment_intent=${intent}`);
      return found.length;
    })
    .toBe(1);
  return found[0] as Dispute;
}

/** What one line of the sum on the billing page says. */
const sumLine = (page: Page, label: string) =>
  page.locator("dl > div").filter({ has: page.getByText(label, { exact: true }) });

test("credit whose payment is disputed is frozen: won, it may be spent again; lost, it is gone", async ({
  page,
  browser,
  baseURL,
}) => {
  const account = somebody("Disputed");
  await signUp(page, account);
  const payer = new Caller("payer", page.request, baseURL ?? "");
  const won = await buyDisputed(page, payer, "25", "pm_card_createDispute");
  const lost = await buyDisputed(page, payer, "50", "pm_card_createDisputeProductNotReceived");

  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, "appAdmin");
  const row = (amount: string) =>
    admin.getByRole("row").filter({ hasText: account.workspaceName }).filter({ hasText: amount });
  /** The events of Stripe are worked off behind their answers. */
  const expectRow = (amount: string, text: string) =>
    expect(async () => {
      await admin.reload();
      await expect(row(amount)).toContainText(text, { timeout: 3_000 });
    }).toPass();
  await admin.goto("/admin/disputes");
  await expectRow("$50.00", "To be answered");
  await expectRow("$25.00", "To be answered");
  await admin.goto("/admin");
  await admin.getByRole("link", { name: "See disputes" }).click();
  await expect(row("$25.00")).toContainText("Fraudulent");
  await expect(row("$50.00")).toContainText("Product not received");
  const dueBy = new Date(won.evidence_details.due_by * 1000).toISOString();
  const deadline = row("$25.00").locator(`time[datetime="${dueBy}"]`);
  await expect(deadline.filter({ visible: true }).first()).toBeVisible();
  await expect(row("$25.00").getByRole("link", { name: /^Answer at Stripe/ })).toHaveAttribute(
    "href",
    new RegExp(`/test/disputes/${won.id}$`),
  );
  await expectAccessible(admin);
  await admin.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(admin);
  await admin.setViewportSize({ width: 1280, height: 800 });

  await visit(page, "/app/billing");
  await expect(sumLine(page, "Bought credit")).toContainText("$75.00");
  await expect(sumLine(page, "Under dispute")).toContainText("$75.00");
  await expect(sumLine(page, "Available for new work")).toContainText("$25.00");
  await page.locator("#invoices").getByRole("row").filter({ hasText: "$50.00" }).getByRole("link").click();
  await expect(page.getByText("The payment of this invoice is disputed.")).toBeVisible();
  await expectAccessible(page);

  const evidence = { "evidence[uncategorized_text]": "winning_evidence" };
  await postToStripe(page, `disputes/${won.id}`, { form: evidence });
  // Another journey may move Stripe's clock just as well.
  await tellStripe(page, { do: "advance", seconds: 2 * 3_600 });
  await admin.goto("/admin/disputes");
  await expectRow("$25.00", "Won");
  await postToStripe(page, `disputes/${lost.id}/close`);
  await expectRow("$50.00", "Lost");
  await expect(row("$50.00").getByRole("link", { name: /^Answer at Stripe/ })).toHaveCount(0);
  await admin.context().close();

  await page.reload();
  await expect(page.getByText("The payment of this invoice was taken back.")).toBeVisible();
  await page.goto("/app/billing");
  await expect(sumLine(page, "Bought credit")).toContainText("$25.00");
  await expect(sumLine(page, "Under dispute")).toHaveCount(0);
  await expect(sumLine(page, "Available for new work")).toContainText("$50.00");
  await page.goto("/app/billing/credit");
  await expect(page.getByRole("row", { name: /^Dispute/ })).toContainText("$50.00");
});
