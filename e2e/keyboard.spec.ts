import type { Locator, Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";

/** Presses a button as somebody without a mouse does. */
async function press(button: Locator): Promise<void> {
  await button.focus();
  await button.press("Enter");
}

async function confirm(page: Page, name: string): Promise<void> {
  await press(page.getByRole("alertdialog").getByRole("button", { name }));
}

test("the focus stays where somebody works who uses no mouse", async ({ page }) => {
  await signIn(page, "tenantAdmin");

  await test.step("on a button that is pressed, while it is under way and after", async () => {
    await page.goto("/account");
    const save = page.getByRole("button", { name: "Save" });
    await press(save);
    await expect(page.getByText("Your name is saved.")).toBeVisible();
    await expect(save).toBeEnabled();
    await expect(save).toBeFocused();
  });

  await test.step("near a button that is gone with its row", async () => {
    await page.goto("/app/team");
    await press(page.getByRole("button", { name: "Invite" }));
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail").fill("keyboard@brightleaf.example");
    await press(dialog.getByRole("button", { name: "Send invitation" }));
    const withdraw = page
      .locator("div")
      .filter({ hasText: "keyboard@brightleaf.example" })
      .last()
      .locator("xpath=..")
      .getByRole("button", { name: "Withdraw" });
    await press(withdraw);
    await expect(page.getByText("keyboard@brightleaf.example")).toHaveCount(0);
    await expect(page.locator("main :focus")).toHaveCount(1);
  });
});

test("the focus stays among the jobs when one of them is paused", async ({ page }) => {
  await signIn(page, "appAdmin");
  await page.goto("/admin/jobs");
  const idle = page.locator("details").filter({ hasText: "nothing to do" });
  await idle.locator("summary").click();
  // A job that no other journey waits for.
  const name = "purge-expired";
  const pause = idle.getByRole("button", { name: `Pause ${name}` });
  await press(pause);
  await confirm(page, "Pause");
  const resume = page.getByRole("button", { name: `Resume ${name}` });
  await expect(resume).toBeVisible();
  await expect(page.locator("main :focus")).toHaveCount(1);
  await press(resume);
  await expect(resume).toHaveCount(0);
});
