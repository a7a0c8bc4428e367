import type { Locator, Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";
import { sendSlowly, signUp, somebody } from "./pages";

/** Presses a button as somebody without a mouse does. */
async function press(button: Locator): Promise<void> {
  await button.focus();
  await button.press("Enter");
}

async function expectFocusInPage(page: Page): Promise<void> {
  await expect(page.locator("main :focus")).toHaveCount(1);
}

test("the focus stays near what goes with what was pressed, in lists of runs and in what they gave", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/runs");
  const all = page.getByRole("checkbox", { name: "Choose all runs of this page" });

  await test.step("once nothing is chosen any more", async () => {
    await all.focus();
    await all.press("Space");
    const clear = page.getByRole("button", { name: "Clear", exact: true });
    await press(clear);
    await expect(clear).toHaveCount(0);
    await expectFocusInPage(page);
  });

  await test.step("on the way in which a value is shown", async () => {
    await page.goto("/app/runs?status=completed&q=Answer+a+customer");
    await page
      .getByRole("row")
      .getByRole("link", { name: /Answer a customer/ })
      .first()
      .click();
    await expect(page.getByRole("tree", { name: "Steps of the run" })).toBeVisible();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await press(page.getByRole("button", { name: /^Copy (input|output)$/ }).first());
    await expect(page.locator("[aria-live=polite]").filter({ hasText: "Copied" })).toHaveCount(1);
    const json = page.getByRole("button", { name: "JSON", exact: true }).first();
    await press(json);
    await expect(json).toHaveAttribute("aria-pressed", "true");
    await expect(json).toBeFocused();
    await press(page.getByRole("button", { name: "Read", exact: true }).first());
    await expect(json).toHaveAttribute("aria-pressed", "false");
    await expectFocusInPage(page);
  });

  await test.step("on the last page of a list, which has no next one", async () => {
    await page.goto("/app/billing/credit");
    const next = page.getByRole("link", { name: "Next page" });
    while ((await next.count()) > 0) {
      const address = page.url();
      await press(next);
      await expect(page).not.toHaveURL(address);
      await expect(page.getByRole("link", { name: "First page" })).toBeVisible();
      await expectFocusInPage(page);
    }
  });

  await test.step("in the notifications, all of which are read", async () => {
    await page.goto("/app/notifications");
    const mark = page.getByRole("button", { name: /^Mark (un)?read: / }).first();
    if ((await mark.textContent()) === "Mark unread") await mark.click();
    const bell = page.getByRole("button", { name: /^Notifications, / });
    await press(bell);
    const inbox = page.getByRole("dialog", { name: "Notifications" });
    const markAll = inbox.getByRole("button", { name: "Mark all as read" });
    await press(markAll);
    await expect(markAll).toHaveCount(0);
    await expect(inbox.locator(":focus").or(inbox.and(page.locator(":focus")))).toHaveCount(1);
  });
});

test("the focus stays among the files that are being added", async ({ page }) => {
  await signUp(page, somebody("Files"));
  await page.goto("/app/knowledge");
  await expect(page.getByRole("region", { name: "Add documents" })).toBeVisible();
  const end = await sendSlowly(page, "Kept back");
  const cancel = page.getByRole("button", { name: "Cancel Kept back.md" });
  await press(cancel);
  await expect(cancel).toHaveCount(0);
  await expectFocusInPage(page);
  end();

  await page
    .getByLabel("Files to add")
    .setInputFiles({ name: "sound.mp3", mimeType: "audio/mpeg", buffer: Buffer.from("no text") });
  const clear = page.getByRole("button", { name: "Clear", exact: true });
  await press(clear);
  await expect(clear).toHaveCount(0);
  await expectFocusInPage(page);
});
