import { randomUUID } from "node:crypto";
import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";

test("an agent's versions are compared, and an older one comes back as the newest", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  const name = `Olga ${randomUUID().slice(0, 8)}`;
  await visit(page, "/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  const role = page.getByLabel("Role", { exact: true });
  await role.fill("Answer briefly.");
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await role.fill("Answer at length.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Now version 2")).toBeVisible();

  await page.getByRole("link", { name: "Versions" }).click();
  const compared = page.getByRole("region", { name: "Compare" });
  await expect(compared.getByLabel("To").locator("option:checked")).toHaveText("Version 2 (now)");
  await expect(compared).toContainText("Answer briefly.");
  await expect(compared).toContainText("Answer at length.");
  await expectAccessible(page);
  await expect(page.getByRole("button", { name: "Restore version 2" })).toBeHidden();

  await page.getByRole("button", { name: "Restore version 1" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Restore" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);
  await expect(role).toHaveValue("Answer briefly.");
  await expect(page.getByText("Now version 3")).toBeVisible();
  await page.getByRole("link", { name: "Versions" }).click();
  await expect(page.getByRole("row")).toHaveCount(4);
});
