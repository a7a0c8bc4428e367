import { expect, signIn, test, visit } from "./fixtures";

test("after everything that was done, the books are in order", async ({ page }) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/ledger-check");
  const checks = page
    .getByRole("table")
    .getByRole("row")
    .filter({ has: page.getByRole("cell") });
  await expect(checks.first()).toBeVisible();
  // A text would be sought in any case, and a rule may speak of holds.
  expect(await checks.filter({ hasNotText: /Holds/ }).allInnerTexts()).toEqual([]);
});
