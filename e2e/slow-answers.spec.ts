import { expect, test } from "./fixtures";
import { holdActions, signUp, somebody } from "./pages";

test("what fails once its dialog was closed is said all the same", async ({ page }) => {
  await signUp(page, somebody("Closed"));
  await page.goto("/app/team");
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill("somebody@example.com");
  const end = await holdActions(page);
  await dialog.getByRole("button", { name: "Send invitation" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard changes" }).click();
  await expect(dialog).toBeHidden();
  end("broken");
  await expect(page.getByText("The server could not be reached. Try again.", { exact: true })).toBeVisible();
});

test("a question stays until what was answered is done", async ({ page }) => {
  await signUp(page, somebody("Asked"));
  await page.goto("/app/billing/caps");
  await page.getByRole("button", { name: "Set a cap" }).click();
  const amount = page.getByRole("dialog").getByLabel("At most, in dollars");
  await amount.fill("50");
  await amount.press("Enter");
  await page.getByRole("button", { name: "Remove" }).click();
  const question = page.getByRole("alertdialog");
  const end = await holdActions(page);
  await question.getByRole("button", { name: "Remove" }).click();
  await page.keyboard.press("Escape");
  end("broken");
  await expect(
    question.getByText("The server could not be reached. Try again.", { exact: true }),
  ).toBeVisible();
});
