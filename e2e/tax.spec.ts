import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { signUp, somebody } from "./pages";

test("a tax is set by country, and refused what makes no sense", async ({ page }) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/tax");
  await page.getByRole("button", { name: "Set tax" }).first().click();
  const dialog = page.getByRole("dialog");
  // Nobody of the demo is there.
  await dialog.getByLabel("Country of the customer").selectOption("NZ");
  await dialog.getByLabel("Name").fill("GST");
  const percent = dialog.getByLabel("Percent");
  await percent.fill("-15");
  await dialog.getByRole("button", { name: "Set tax" }).click();
  await expect(percent).toHaveAccessibleDescription(/cannot be negative/);
  await expectAccessible(page);
  await percent.fill("15");
  await dialog.getByLabel(/^Reverse charge/).click();
  await dialog.getByRole("button", { name: "Set tax" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /New Zealand GST 15 % Reverse charge In force/ })).toBeVisible();
  await expectAccessible(page);
});

test("a workspace says who it is on its invoices; a VAT number that is none is refused", async ({ page }) => {
  await signUp(page, somebody("Vito"));
  await visit(page, "/app/billing/details");
  await page.getByLabel("Legal name").fill("Vito Srl");
  await page.getByLabel("City").fill("Bologna");
  await page.getByLabel("Country").selectOption("IT");
  const taxId = page.getByLabel("Tax id");
  await taxId.fill("IT123");
  await page.getByRole("button", { name: "Save details" }).click();
  await expect(taxId).toHaveAccessibleDescription(/no VAT number of this country/);
  await expectAccessible(page);
  await taxId.fill("IT 123 4567 8901");
  await page.getByRole("button", { name: "Save details" }).click();
  await expect(page.getByText("Saved. Invoices show it from now on.", { exact: true })).toBeVisible();
  await page.reload();
  await expect(taxId).toHaveValue("IT12345678901");
  await expect(page.getByLabel("Country")).toHaveValue("IT");
});
