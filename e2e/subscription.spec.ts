import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

/** An admin records that the transfer for an invoice came. */
async function payByTransfer(admin: Page, invoiceId: string): Promise<void> {
  await admin.goto(`/admin/invoices/${invoiceId}`);
  await admin.getByRole("button", { name: "Record payment" }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByLabel("Reference").fill("Transfer 4711");
  await dialog.getByRole("button", { name: "Record payment" }).click();
  await expect(dialog).toBeHidden();
}

async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Choose ${name}, monthly` }).click();
}

test("a plan is chosen in the trial, paid by transfer, raised for the difference, lowered later and kept after all", async ({
  page,
  browser,
}) => {
  const account = somebody("Paula");
  await signUp(page, account);
  await visit(page, "/app/billing/plan");
  await expect(page.getByText("You are trying the product.", { exact: true })).toBeVisible();
  await page.getByRole("tab", { name: "Annual" }).click();
  await expect(page.getByText("$290.00 a year, before tax")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("tab", { name: "Monthly" }).click();

  await choose(page, "Starter");
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Invoiced now", { exact: true })).toBeVisible();
  await expect(dialog.getByText("$29.00").first()).toBeVisible();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Confirm plan" }).click();
  // Without cards the invoice asks for a transfer; with them its page takes one.
  await expect(page).toHaveURL(/\/app\/billing\/[0-9a-f-]{36}(\/pay)?$/);
  const invoiceId = /billing\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";
  await visit(page, `/app/billing/${invoiceId}`);
  await expect(page.getByText(/^Starter plan, monthly fee/)).toBeVisible();
  await visit(page, "/app/billing/plan");
  await expect(page.getByText("To be paid", { exact: true })).toBeVisible();

  const context = await browser.newContext();
  const admin = await context.newPage();
  await signIn(admin, "appAdmin");
  await payByTransfer(admin, invoiceId);
  await page.reload();
  await expect(page.getByText("$20.00 of $20.00 left")).toBeVisible();

  await choose(page, "Team");
  await expect(dialog.getByText(/^Starter plan, not used from/)).toBeVisible();
  await expect(dialog.getByText(/^Team plan, from/)).toBeVisible();
  await dialog.getByRole("button", { name: "Confirm change" }).click();
  await expect(page).toHaveURL(/\/app\/billing\/[0-9a-f-]{36}(\/pay)?$/);
  await visit(page, "/app/billing/plan");
  await expect(page.getByText("Raised", { exact: true })).toBeVisible();

  await choose(page, "Starter");
  await expect(dialog.getByText("Nothing is invoiced now.")).toBeVisible();
  await dialog.getByRole("button", { name: "Confirm change" }).click();
  await expect(page.getByText("Your plan becomes Starter, monthly.", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Keep my plan" }).click();
  await expect(page.getByText("Your plan becomes Starter, monthly.", { exact: true })).toBeHidden();
  await page.getByRole("button", { name: "Cancel plan" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel plan" }).click();
  await expect(page.getByText("Your plan is cancelled.", { exact: true })).toBeVisible();
  await page.setViewportSize({ width: 380, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.reload();
  await expectNoSideScroll(page);
  await expectAccessible(page);
  await context.close();
});
