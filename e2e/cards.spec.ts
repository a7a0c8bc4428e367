import type { Page } from "@playwright/test";
import { expect, expectAccessible, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

const DECLINED = "4000 0000 0000 9995";
const ASKS_ITS_BANK = "4000 0027 6000 3184";

/** The fields of a card, in Stripe's frame. */
const fields = (page: Page) => page.frameLocator("iframe[title='Secure payment input frame']");
const bank = (page: Page) => page.frameLocator("iframe[title='3D Secure']");

async function saveCard(page: Page, number: string): Promise<void> {
  await page.getByRole("button", { name: "Add a card" }).first().click();
  await fields(page).getByLabel("Card number").fill(number);
  await page.getByRole("button", { name: "Save card" }).click();
}

test("cards are saved with what their bank asks, chosen and removed", async ({ page }) => {
  await signUp(page, somebody("Cards"));
  await visit(page, "/app/billing");
  await page.getByRole("link", { name: "Cards" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Cards" })).toBeVisible();

  await saveCard(page, DECLINED);
  await expect(page.getByRole("alert").filter({ hasText: "insufficient funds" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Cancel" }).click();
  await saveCard(page, "4242 4242 4242 4242");
  const visa = page.getByRole("row", { name: /4242/ });
  await expect(visa).toContainText("Charged");
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

test("credit is bought: refused, asked for by the bank, paid, and with the saved card again", async ({
  page,
}) => {
  await signUp(page, somebody("Credit"));
  await visit(page, "/app/billing/top-up");
  await page.getByLabel("Amount in dollars").fill("3");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("The least is $5.").first()).toBeVisible();
  await page.getByRole("button", { name: "$25", exact: true }).click();
  await page.getByRole("button", { name: "Continue" }).click();

  const pay = page.getByRole("button", { name: "Pay $25" });
  await fields(page).getByLabel("Card number").fill(DECLINED);
  await pay.click();
  await expect(page.getByRole("alert").filter({ hasText: "insufficient funds" })).toContainText(
    "Nothing was taken",
  );
  await fields(page).getByLabel("Card number").fill(ASKS_ITS_BANK);
  await pay.click();
  await bank(page).getByRole("button", { name: "Fail authentication" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "unable to authenticate" })).toBeVisible();
  await pay.click();
  await bank(page).getByRole("button", { name: "Complete authentication" }).click();
  await expect(page.getByText("Your credit is there.")).toBeVisible();
  await expectAccessible(page);

  await visit(page, "/app/billing/top-up");
  await expect(page.getByLabel("Card", { exact: true })).toContainText("3184");
  await page.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(page);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Pay $50" }).click();
  await bank(page).getByRole("button", { name: "Complete authentication" }).click();
  await expect(page.getByText("Your credit is there.")).toBeVisible();
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
