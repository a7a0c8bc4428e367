import { expect, signIn, test, visit } from "./fixtures";

test("after everything that was done, the books are in order", async ({ page }) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/ledger-check");
  const checks = page.getByRole("table").getByRole("row").filter({ hasNotText: "Rule" });
  await expect(checks.first()).toBeVisible();
  expect(await checks.filter({ hasNotText: "Holds" }).allInnerTexts()).toEqual([]);
});
