import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { publishedWorkflowId } from "./pages";

/** Opens the price of a resource in the price book. */
async function openPrice(page: Page, resource: RegExp) {
  await page.getByRole("button", { name: resource }).click();
  return page.getByRole("dialog");
}

/** The micro-dollars that a table says in the row of a customer, by column heading. */
async function amountOf(page: Page, customer: string, column: string): Promise<bigint> {
  const table = page.getByRole("table");
  const headings = await table.getByRole("columnheader").allTextContents();
  const row = table.getByRole("row", { name: new RegExp(customer) }).first();
  const text = (await row.getByRole("cell").nth(headings.indexOf(column)).textContent()) ?? "";
  const [whole = "0", fraction = ""] = text.replace(/[^0-9.]/g, "").split(".");
  return BigInt(whole + fraction.padEnd(6, "0").slice(0, 6));
}

test("a partner sets a price, a customer runs, and the margin shows", async ({ page, api }) => {
  await signIn(page, "partner");
  await visit(page, "/partner");
  const month = new Date().toISOString().slice(0, 7);
  await visit(page, `/partner/margins?from=${month}&to=${month}`);
  const marginBefore = await amountOf(page, "Brightleaf Foods", "Margin");

  await visit(page, "/partner/price-book");
  const price = await openPrice(page, /^Set price of .*node/i);
  await price.getByLabel(/^Price in US dollars/).fill("0.000001");
  await price.getByRole("button", { name: "Set price" }).click();
  const field = price.getByLabel(/^Price in US dollars/);
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await expect(field).toHaveValue("0.000001");
  await expect(field).toHaveAccessibleDescription(/base price|below/i);
  await expectAccessible(page);
  await field.fill("0.03");
  await price.getByRole("button", { name: "Set price" }).click();
  await expect(price).toBeHidden();
  const row = page.getByRole("row", { name: /Set price of .*node/i });
  await expect(row).toContainText("$0.03");

  const started = await api.post(`/api/v1/workflows/${await publishedWorkflowId(api)}/runs?wait=20`, {
    data: { input: { customer: "Nora", question: "How long does a delivery take?" } },
  });
  expect(started.ok(), await started.text()).toBe(true);
  const { id } = await started.json();
  await expect
    .poll(async () => (await (await api.get(`/api/v1/executions/${id}`)).json()).status)
    .toBe("completed");

  await visit(page, `/partner/margins?from=${month}&to=${month}`);
  const marginAfter = await amountOf(page, "Brightleaf Foods", "Margin");
  // Every node of the run earns the new price less the base price of $0.002; the page rounds to cents.
  expect(marginAfter - marginBefore).toBeGreaterThan(50_000n);
  await page.getByRole("table").getByRole("link", { name: "Brightleaf Foods" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Brightleaf Foods" })).toBeVisible();
  await expectAccessible(page);
});

test("a statement downloads as it is shown, and a customer is added and suspended", async ({ page }) => {
  await signIn(page, "partner");
  await visit(page, "/partner/statements");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.csv$/);
  const csv = await (await file.createReadStream()).toArray();
  expect(Buffer.concat(csv).toString()).toContain("Brightleaf Foods");

  await visit(page, "/partner/customers");
  await page.getByRole("button", { name: "Add customer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Paper Mill");
  await dialog.getByLabel("E-mail of the first admin").fill("not an address");
  await dialog.getByRole("button", { name: "Add and invite" }).click();
  await expect(dialog.getByLabel("E-mail of the first admin")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByLabel("Name")).toHaveValue("Paper Mill");
  await dialog.getByLabel("E-mail of the first admin").fill(`mill-${Date.now()}@example.com`);
  await dialog.getByRole("button", { name: "Add and invite" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Paper Mill" })).toBeVisible();
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("The contract has ended.");
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await expect(page.getByText("Suspended", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Reactivate" }).click();
  await expect(page.getByRole("button", { name: "Suspend" })).toBeVisible();
  for (const path of ["/partner/team", "/partner/customers"]) await visit(page, path);
});
