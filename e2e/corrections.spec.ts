import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { enter, expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll } from "./pages";
import { RENEWAL, RENEWER } from "./renewer";

/** The id of the workspace's invoice that asks for so much, as its admin finds it. */
async function invoiceOf(page: Page, total: string): Promise<string> {
  await page.goto("/app/billing");
  const row = page.locator("#invoices").getByRole("row").filter({ hasText: total });
  const href = await row.getByRole("link").first().getAttribute("href");
  return href?.split("/").at(-1) ?? "";
}

/** Makes the invoice on the page void, and chooses what becomes of what it asked for. */
async function makeVoid(admin: Page, outcome: RegExp, reason: string): Promise<void> {
  await admin.getByRole("button", { name: "Void", exact: true }).click();
  const dialog = admin.getByRole("dialog");
  await dialog.getByRole("radio", { name: outcome }).click();
  await dialog.getByLabel("Reason").fill("no");
  await dialog.getByRole("button", { name: "Make void" }).click();
  await expect(dialog.getByLabel("Reason")).toHaveAccessibleDescription(/Say why/);
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: "Make void" }).click();
  await expect(dialog).toBeHidden();
}

test("an invoice is credited in part, made void with its usage billed again, and that is written off", async ({
  page,
  browser,
}) => {
  await enter(page, RENEWER);
  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, "appAdmin");

  // The fee of the first month is paid: part of it comes back as credit.
  const paid = await invoiceOf(page, RENEWAL.fee);
  await visit(admin, `/admin/invoices/${paid}`);
  await admin.getByRole("button", { name: /^Credit note/ }).click();
  const dialog = admin.getByRole("dialog");
  const amount = dialog.getByLabel("Amount before tax, in USD");
  const issue = dialog.getByRole("button", { name: "Issue the credit note" });
  await dialog.getByLabel("For", { exact: true }).fill("An afternoon without service");
  await dialog.getByLabel("The money goes").selectOption({ label: "As credit in the workspace" });
  await dialog.getByLabel("Reason").fill("We were not reachable on the 3rd.");
  for (const [wrong, said] of [
    ["4.505", /whole cents/],
    ["500", /more than is left/],
  ] as const) {
    await amount.fill(wrong);
    await issue.click();
    await expect(amount).toHaveAccessibleDescription(said);
  }
  await expectAccessible(admin);
  await amount.fill("4.50");
  await issue.click();
  await expect(dialog).toBeHidden();
  await expect(admin.getByRole("row", { name: /^CN-/ })).toContainText("$4.50");

  await visit(page, `/app/billing/${paid}`);
  const note = page.getByRole("row", { name: /^CN-/ });
  await expect(note).toContainText("We were not reachable on the 3rd.");
  await expect(note).toContainText("As credit in the workspace");
  const download = page.waitForEvent("download");
  await note.getByRole("link").click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^CN-\d{4}-\d{6}\.pdf$/);
  const bytes = Buffer.concat(await (await file.createReadStream()).toArray());
  expect(bytes.subarray(0, 5).toString("latin1")).toBe("%PDF-");
  await page.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/app/billing/credit");
  await expect(page.getByRole("row", { name: /We were not reachable/ })).toContainText("$4.50");

  const renewal = await invoiceOf(page, RENEWAL.both);
  await admin.goto(`/admin/invoices/${renewal}`);
  await makeVoid(admin, /^Bill its usage again/, "The plan was not wanted any more.");
  await expect(admin.getByText("The plan was not wanted any more.")).toBeVisible();
  await page.goto(`/app/billing/${renewal}`);
  await expect(page.getByText("Void", { exact: true })).toBeVisible();
  await expect(page.getByText("The plan was not wanted any more.")).toBeVisible();
  // The void invoice leads to the one that replaced it, and that leads back.
  const other = page.getByRole("definition").getByRole("link", { name: /^HB-\d{4}-\d{6}$/ });
  await other.click();
  await expect(page.getByText("Replaces", { exact: true })).toBeVisible();
  await expect(other).toHaveAttribute("href", `/app/billing/${renewal}`);
  await visit(page, "/app/billing/plan");
  await expect(page.getByRole("button", { name: /^Choose Starter/ })).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel plan" })).toHaveCount(0);

  const usage = await invoiceOf(page, RENEWAL.usage);
  const invoices = page.locator("#invoices").getByRole("row");
  await expect(invoices.filter({ hasText: /Unpaid|Overdue/ })).toHaveCount(1);
  await admin.goto(`/admin/invoices/${usage}`);
  await makeVoid(admin, /^Write it off It is on/, "Too little to go after.");
  await expect(admin.getByRole("button", { name: "Void", exact: true })).toHaveCount(0);
  await admin.context().close();
  await page.goto("/app/billing");
  await expect(invoices.filter({ hasText: RENEWAL.usage })).toContainText("Void");
  await expect(invoices.filter({ hasText: /Unpaid|Overdue/ })).toHaveCount(0);
  await expect(page.getByText("Used and not paid yet")).toHaveCount(0);
});
