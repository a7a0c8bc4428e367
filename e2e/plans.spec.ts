import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";

test("a plan is made, refused what makes no sense, and gets a price now and another one later", async ({
  page,
}) => {
  const key = `plan-${Date.now().toString(36)}`;
  await signIn(page, "appAdmin");
  await visit(page, "/admin/plans");
  await page.getByRole("button", { name: "Add plan" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(`Crew ${key}`);
  await dialog.getByLabel("Key").fill(key);
  const allowance = dialog.getByLabel("Included a month ($)");
  await allowance.fill("-5");
  await dialog.getByRole("button", { name: "Add plan" }).click();
  await expect(allowance).toHaveAccessibleDescription(/cannot be negative/);
  await expectAccessible(page);
  await allowance.fill("12.50");
  // Not for the workspaces of other journeys.
  await dialog.getByLabel("Workspaces can choose it").click();
  await dialog.getByRole("button", { name: "Add plan" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row", { name: key }).first();
  await expect(row).toContainText("not sold");
  await expect(row).toContainText("$12.50");

  const setPrice = page.getByRole("button", { name: `Set price of Crew ${key}` });
  const amount = dialog.getByLabel("Price in US dollars");
  await setPrice.click();
  await amount.fill("19.999");
  await dialog.getByRole("button", { name: "Set price" }).click();
  await expect(amount).toHaveAccessibleDescription(/at most two decimals/);
  await amount.fill("19.90");
  await dialog.getByRole("button", { name: "Set price" }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toContainText("$19.90");

  await setPrice.click();
  await amount.fill("24.90");
  await dialog.getByLabel("Begins (UTC)").fill("2020-01-01T00:00");
  await dialog.getByRole("button", { name: "Set price" }).click();
  await expect(dialog.getByLabel("Begins (UTC)")).toHaveAccessibleDescription(/cannot begin in the past/);
  await dialog.getByLabel("Begins (UTC)").fill("2099-01-01T00:00");
  await dialog.getByRole("button", { name: "Set price" }).click();
  await expect(dialog).toBeHidden();
  await expect(row).toContainText("$24.90 from 1 Jan 2099");
  await expect(
    page.getByRole("row", { name: new RegExp(`Crew ${key} Monthly \\$19.90 In force`) }),
  ).toBeVisible();
  await expectAccessible(page);
});
