import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { signUp, somebody } from "./pages";

const fields = (page: Page) => page.frameLocator("iframe[title='Secure payment input frame']");

/** Presses a button as somebody without a mouse does. */
async function press(button: Locator): Promise<void> {
  await expect(button).toBeEnabled();
  await button.focus();
  await button.press("Enter");
}

/** From where the focus is once the form is there, as somebody goes on who has only keys. */
async function typeCard(page: Page, number: string): Promise<void> {
  await press(page.getByRole("button", { name: "Add a card" }));
  await expect(page.getByRole("region", { name: "Card details" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Save card" })).toBeEnabled();
  await page.keyboard.press("Tab");
  await expect(fields(page).getByLabel("Card number")).toBeFocused();
  await page.keyboard.type(number);
}

const inPage = (page: Page) => page.locator("main :focus");

test("cards are added, chosen and removed without a mouse, and the focus stays with what was done", async ({
  page,
}) => {
  await signUp(page, somebody("Keys"));
  await page.goto("/app/billing/methods");
  const add = page.getByRole("button", { name: "Add a card" });

  await test.step("given up", async () => {
    await typeCard(page, "4242");
    await press(page.getByRole("button", { name: "Cancel", exact: true }));
    await expect(add).toBeFocused();
  });
  for (const [number, last4] of [
    ["4242424242424242", "4242"],
    ["5555555555554444", "4444"],
  ] as const) {
    await test.step(`saved, ${last4}`, async () => {
      await typeCard(page, number);
      await press(page.getByRole("button", { name: "Save card" }));
      await expect(page.getByRole("row").filter({ hasText: last4 })).toBeVisible();
      await expect(add).toBeFocused();
    });
  }
  const second = page.getByRole("row").filter({ hasText: "4444" });
  await test.step("chosen", async () => {
    await press(second.getByRole("button", { name: /^Use this one/ }));
    await expect(second).toContainText("Charged");
    await expect(inPage(page)).toHaveCount(1);
  });
  await test.step("removed, after a no", async () => {
    const remove = second.getByRole("button", { name: /^Remove/ });
    await press(remove);
    await press(page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }));
    await expect(remove).toBeFocused();
    await press(remove);
    await press(page.getByRole("alertdialog").getByRole("button", { name: "Remove card" }));
    await expect(second).toHaveCount(0);
    await expect(inPage(page)).toHaveCount(1);
  });
  await test.step("the last one", async () => {
    await press(page.getByRole("button", { name: /^Remove/ }));
    await press(page.getByRole("alertdialog").getByRole("button", { name: "Remove card" }));
    await expect(page.getByRole("heading", { name: "No cards yet" })).toBeVisible();
    await expect(inPage(page)).toHaveCount(1);
  });
});

test("a card whose answer is lost is saved all the same, and one that did not arrive is told of", async ({
  page,
}) => {
  await signUp(page, somebody("Lostcard"));
  await page.goto("/app/billing/methods");
  const confirmation = "**/v1/setup_intents/*/confirm";
  await typeCard(page, "4242424242424242");
  await page.route(confirmation, (route) => route.abort());
  const save = page.getByRole("button", { name: "Save card" });
  await press(save);
  await expect(page.getByRole("alert").filter({ hasText: "could not be reached" })).toBeVisible();
  await expect(fields(page).getByLabel("Card number")).toHaveValue("4242424242424242");

  await page.unroute(confirmation);
  await page.route(confirmation, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await press(save);
  await expect(page.getByRole("row").filter({ hasText: "4242" })).toBeVisible();
  await expect(page.getByText("The card is saved.", { exact: true })).toBeVisible();
});
