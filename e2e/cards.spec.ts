import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { DEBT, DEBTOR } from "./debtor";
import { expect, signIn, signInAs, test, visit } from "./fixtures";
import { expectNoSideScroll, mailedPath, signUp, somebody } from "./pages";

const DECLINED = "4000 0000 0000 9995";
const ASKS_ITS_BANK = "4000 0027 6000 3184";

/** The fields of a card, in Stripe's frame. */
const fields = (page: Page) => page.frameLocator("iframe[title='Secure payment input frame']");
const bank = (page: Page) => page.frameLocator("iframe[title='3D Secure']");

async function saveCard(page: Page, number: string): Promise<void> {
  await page.getByRole("button", { name: "Add a card" }).first().click();
  await fields(page).getByLabel("Card number").fill(number);
  await press(page, "Save card");
}

/** By the keyboard: the form of the card grows with what it says, and what stands behind it moves under the mouse. */
async function press(page: Page, name: string): Promise<void> {
  const button = page.getByRole("button", { name, exact: true });
  await expect(button).toBeEnabled();
  await button.press("Enter");
}

test("cards are saved with what their bank asks, chosen and removed", async ({ page }) => {
  await signUp(page, somebody("Cards"));
  await visit(page, "/app/billing");
  await page.getByRole("link", { name: "Cards" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Cards" })).toBeVisible();

  await saveCard(page, DECLINED);
  await expect(page.getByRole("alert").filter({ hasText: "insufficient funds" })).toBeVisible();
  await expectAccessible(page);
  await press(page, "Cancel");
  await saveCard(page, "4242 4242 4242 4242");
  const visa = page.getByRole("row", { name: /4242/ });
  await expect(visa).toContainText("Charged");
  await expect(page.locator("main :focus"), "the focus, once the form is gone").toHaveCount(1);
  await saveCard(page, ASKS_ITS_BANK);
  await bank(page).getByRole("button", { name: "Complete authentication" }).click();
  const asking = page.getByRole("row", { name: /3184/ });
  await expect(asking).toBeVisible();

  await asking.getByRole("button", { name: "Use this one" }).click();
  await expect(asking).toContainText("Charged");
  await expect(visa).not.toContainText("Charged");
  await visa.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: "Remove card" }).click();
  await expect(visa).toHaveCount(0);
  await visit(page, "/app/billing/methods");
  await page.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(page);
});

test("a payment whose answer is lost is not said to be nothing, and is taken once however often it is tried", async ({
  page,
}) => {
  await signUp(page, somebody("Lost"));
  await visit(page, "/app/billing/top-up");
  await page.getByRole("button", { name: "$25", exact: true }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await fields(page).getByLabel("Card number").fill("4242 4242 4242 4242");
  let asked = 0;
  await page.route("**/v1/payment_intents/*/confirm", async (route) => {
    asked += 1;
    if (asked === 1) await route.fetch();
    await (asked === 1 ? route.abort() : route.fallback());
  });
  const away = "**/app/billing/top-up";
  await page.route(away, (route) => (route.request().method() === "POST" ? route.abort() : route.fallback()));
  await press(page, "Pay $25.00");
  await expect(page.getByRole("alert").filter({ hasText: "is not known yet" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Back", exact: true })).toHaveCount(0);
  await expectAccessible(page);

  await page.unroute(away);
  await press(page, "Pay $25.00");
  await expect(page.getByText("Your credit is there.")).toBeVisible();
  expect(asked).toBe(2);
  await visit(page, "/app/billing/credit");
  await expect(page.getByRole("row").filter({ hasText: "Credit bought" })).toHaveCount(1);
});

test("credit is bought: refused, asked for by the bank, paid, and with the saved card again, and refunded", async ({
  page,
  browser,
}) => {
  const buyer = somebody("Credit");
  await signUp(page, buyer);
  await visit(page, "/app/billing/top-up");
  const isOn = page.getByLabel("Buy credit when little is left");
  for (const [label, amount] of [
    ["When below ($)", "10"],
    ["Buy ($)", "50"],
    ["At most a month ($)", "200"],
  ] as const)
    await expect(page.getByLabel(label)).toHaveValue(amount);
  await isOn.check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Save a card first").first()).toBeVisible();
  await page.getByLabel("Amount in dollars").fill("3");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("The least is $5.").first()).toBeVisible();
  await page.getByRole("button", { name: "$25", exact: true }).click();
  await page.getByRole("button", { name: "Continue" }).click();

  await fields(page).getByLabel("Card number").fill(DECLINED);
  await press(page, "Pay $25.00");
  await expect(page.getByRole("alert").filter({ hasText: "insufficient funds" })).toContainText(
    "Nothing was taken",
  );
  await fields(page).getByLabel("Card number").fill(ASKS_ITS_BANK);
  await press(page, "Pay $25.00");
  await bank(page).getByRole("button", { name: "Fail authentication" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "unable to authenticate" })).toBeVisible();
  await press(page, "Pay $25.00");
  await bank(page).getByRole("button", { name: "Complete authentication" }).click();
  await expect(page.getByText("Your credit is there.")).toBeVisible();
  await expect(page.getByRole("link", { name: "To billing" })).toBeFocused();
  await expectAccessible(page);

  await visit(page, "/app/billing/top-up");
  await expect(page.getByLabel("Card", { exact: true })).toContainText("3184");
  await page.getByLabel("When below ($)").fill("12.50");
  await isOn.check();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  await visit(page, "/app/billing/top-up");
  await expect(isOn).toBeChecked();
  await expect(page.getByLabel("When below ($)")).toHaveValue("12.5");
  await page.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await press(page, "Pay $50.00");
  await bank(page).getByRole("button", { name: "Complete authentication" }).click();
  await expect(page.getByText("Your credit is there.")).toBeVisible();

  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, "appAdmin");
  await visit(admin, "/admin/payments");
  const bought = admin.getByRole("row").filter({ hasText: buyer.workspaceName }).filter({ hasText: "$50" });
  await bought
    .first()
    .getByRole("button", { name: /Refund/ })
    .click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Amount in USD").fill("500");
  await dialog.getByLabel("Reason").fill("Bought by mistake.");
  await dialog.getByRole("button", { name: "Refund to the card" }).click();
  await expect(dialog.getByText("$50.00 of this credit is left").first()).toBeVisible();
  await dialog.getByLabel("Amount in USD").fill("20");
  await dialog.getByRole("button", { name: "Refund to the card" }).click();
  await expect(bought.first()).toContainText("$20.00 refunded");
  await admin.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(admin);
  await admin.context().close();
});

test("Stripe's doors open to a signature only", async ({ request }) => {
  for (const path of ["/api/webhooks/stripe", "/api/webhooks/stripe/connect"]) {
    const data = JSON.stringify({
      id: "evt_1",
      type: "payment_intent.succeeded",
      data: { object: { id: "pi_1" } },
    });
    for (const signature of [undefined, "t=1,v1=00", "nonsense"]) {
      const headers = {
        "content-type": "application/json",
        ...(signature ? { "stripe-signature": signature } : {}),
      };
      expect((await request.post(path, { headers, data })).status()).toBe(400);
    }
    expect((await request.get(path)).status()).toBe(405);
  }
});

test("an overdue invoice is paid on its page, and so is one by its mail", async ({ page, browser }) => {
  await signInAs(page, DEBTOR.email, DEBTOR.password);
  await expect(page).toHaveURL(/\/app$/);
  const banner = page.getByRole("region", { name: "Overdue" });
  await expect(banner).toContainText("If it is not paid, no new runs start from");
  await expectAccessible(page);
  await banner.getByRole("link", { name: `Pay ${DEBT}` }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await fields(page).getByLabel("Card number").fill(DECLINED);
  await press(page, `Pay ${DEBT}`);
  await expect(page.getByRole("alert").filter({ hasText: "insufficient funds" })).toBeVisible();
  await fields(page).getByLabel("Card number").fill(ASKS_ITS_BANK);
  await press(page, `Pay ${DEBT}`);
  await bank(page).getByRole("button", { name: "Complete authentication" }).click();
  await expect(page.getByText("The invoice is paid.")).toBeVisible();
  await expectAccessible(page);
  await expect(banner).toHaveCount(0);
  await page.getByRole("link", { name: "To the invoice" }).click();
  await expect(page.getByText("Paid", { exact: true }).first()).toBeVisible();

  const path = await mailedPath(page, DEBTOR.email, "i");
  const anybody = await (await browser.newContext()).newPage();
  await visit(anybody, path);
  await expect(anybody.getByText("Team, a month")).toBeVisible();
  await anybody.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(anybody);
  await anybody.setViewportSize({ width: 1280, height: 800 });
  const download = await anybody.request.get(`${path}/pdf`);
  expect(download.headers()["content-type"]).toBe("application/pdf");
  await anybody.getByRole("link", { name: "Pay by card" }).click();
  await anybody.getByRole("button", { name: "Pay by card" }).click();
  await fields(anybody).getByLabel("Card number").fill("4242 4242 4242 4242");
  await expectAccessible(anybody);
  await press(anybody, `Pay ${DEBT}`);
  await expect(anybody.getByText("The invoice is paid.")).toBeVisible();
  await anybody.getByRole("link", { name: "To the invoice" }).click();
  await expect(anybody.getByRole("link", { name: "Pay by card" })).toHaveCount(0);
  await expect(anybody.getByText("Paid", { exact: true }).first()).toBeVisible();
  await anybody.context().close();
});
