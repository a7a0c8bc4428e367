import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, holdActions, somebody } from "./pages";

const DAY_MS = 86_400_000;

/** Makes a draft of today's prices and waits for its page. */
async function newDraft(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "New draft" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByRole("button", { name: "Create draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

async function raise(page: Page, percent: string) {
  await page.getByRole("button", { name: "Raise by percent" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Percent").fill(percent);
  await dialog.getByRole("button", { name: "Change prices" }).click();
  return dialog;
}

test("a partner drafts prices, sees last month at them, and schedules them together", async ({ page }) => {
  const name = somebody("Spring").workspaceName;
  await signIn(page, "partner");
  await visit(page, "/partner/price-book/drafts");
  await newDraft(page, name);

  const node = page.getByLabel(/^Draft price of Workflow nodes/);
  const today = await node.inputValue();
  const tooFar = await raise(page, "-99");
  await expect(tooFar.getByLabel("Percent")).toHaveAccessibleDescription(/below the base price/);
  // A little more each time: what is scheduled by a journey before is not what this one asks for.
  const percent = `10.${String(Date.now() % 400).padStart(3, "0")}`;
  await tooFar.getByLabel("Percent").fill(percent);
  await tooFar.getByRole("button", { name: "Change prices" }).click();
  await expect(tooFar).toBeHidden();

  await expect(node).not.toHaveValue(today);
  const raised = await node.inputValue();
  await node.fill("0.000001");
  await page.getByRole("button", { name: "Save prices" }).click();
  await expect(node).toHaveAttribute("aria-invalid", "true");
  await expect(node).toHaveAccessibleDescription(/cannot be below the base price/);
  await expectAccessible(page);
  // What is typed and not saved is neither shown as simulated nor scheduled.
  await page.getByRole("link", { name: "Simulate" }).click();
  const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
  await question.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: /^Schedule \d+ prices?$/ }).click();
  await expect(page.getByText("What you typed above is not in this list yet.")).toBeVisible();
  await node.fill(raised);
  await page.getByRole("button", { name: "Save prices" }).click();
  await expect(page.getByText("The draft is saved.", { exact: true })).toBeVisible();

  await page.getByRole("link", { name: "Simulate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name}: simulation` })).toBeVisible();
  await expect(page.getByRole("row", { name: /Brightleaf Foods/ }).first()).toBeVisible();
  // Of something whose price no other journey sets.
  await expect(page.getByRole("row", { name: /Input tokens/ }).first()).toContainText(/\+10\.[0-4] %/);
  await expectAccessible(page);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  expect(csv).toMatch(/,Brightleaf Foods,,\d+\.\d{6},\d+\.\d{6},\d+\.\d{6},-?\d+\.\d{6},/);

  await page.getByRole("link", { name: "Schedule" }).click();
  const begins = page.getByLabel("Begins (UTC)");
  await begins.fill("2020-01-01T00:00");
  await page.getByRole("button", { name: /^Schedule \d+ prices?$/ }).click();
  await expect(begins).toHaveAccessibleDescription(/cannot begin in the past/);
  await begins.fill(new Date(Date.now() + 20 * DAY_MS).toISOString().slice(0, 16));
  await page.getByRole("button", { name: /^Schedule \d+ prices?$/ }).dblclick();
  await expect(page.getByText(/prices were made of it$/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Save prices" })).toBeHidden();
  await expectAccessible(page);
  const draft = new URL(page.url()).pathname;
  await visit(page, "/partner/price-book");
  await page
    .getByRole("button", { name: /^Withdraw the scheduled price of Input tokens/ })
    .last()
    .click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Withdraw" }).click();
  await expect(page.getByRole("alertdialog")).toBeHidden();
  await visit(page, draft);
  await expect(page.getByText(/withdrawn since/)).toBeVisible();
});

test("an admin holds base prices against last month: direct customers, partners' margins, whose prices they pass", async ({
  page,
}) => {
  const name = somebody("Bases").workspaceName;
  await signIn(page, "appAdmin");
  await visit(page, "/admin/rates/drafts");
  await newDraft(page, name);
  await expect(await raise(page, "300")).toBeHidden();
  await expect(page.getByText(/A base price rises above a partner's price/)).toBeVisible();
  await page.getByRole("link", { name: "Simulate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: `${name}: simulation` })).toBeVisible();
  await expect(page.getByText("Base prices would rise above partners' prices")).toBeVisible();
  await expect(page.getByRole("heading", { name: "By partner" })).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(page);
  await page.getByRole("link", { name: "Schedule" }).click();
  await page.getByLabel("Begins (UTC)").fill(new Date(Date.now() + DAY_MS).toISOString().slice(0, 16));
  await page.getByRole("button", { name: /^Schedule \d+ prices?$/ }).click();
  await expect(page.getByText(/announced 30 days ahead/).first()).toBeVisible();
  await expectNoSideScroll(page);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Rate drafts" })).toBeVisible();
  await expect(page.getByRole("link", { name })).toBeHidden();
});

test("prices that are typed and not saved are not lost to a raise", async ({ page }) => {
  await signIn(page, "partner");
  await page.goto("/partner/price-book/drafts");
  await newDraft(page, somebody("Raise").workspaceName);
  const node = page.getByLabel(/^Draft price of Workflow nodes/);
  await node.fill("7.77");
  const dialog = await raise(page, "5");
  await expect(dialog.getByText("Save your prices first.")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard changes" }).click();
  await expect(node).toHaveValue("7.77");
});

test("prices that are typed while others are saved stay, and can be saved too", async ({ page }) => {
  await signIn(page, "partner");
  await page.goto("/partner/price-book/drafts");
  await newDraft(page, somebody("Typed").workspaceName);
  const [first, second] = [
    page.getByLabel(/^Draft price of/).nth(0),
    page.getByLabel(/^Draft price of/).nth(1),
  ];
  const raised = (price: string) => String(Number((Number(price) * 1.1).toFixed(6)));
  const [one, two] = [raised(await first.inputValue()), raised(await second.inputValue())];
  const end = await holdActions(page);
  await first.fill(one);
  await page.getByRole("button", { name: "Save prices" }).click();
  await second.fill(two);
  end();
  await expect(page.getByText("The draft is saved.", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Save prices" })).not.toHaveAttribute("aria-busy");
  await expect(second).toHaveValue(two);
  const saved = page.waitForResponse((response) => "next-action" in response.request().headers());
  await page.getByRole("button", { name: "Save prices" }).click();
  await saved;
  await page.reload();
  await expect(first).toHaveValue(one);
  await expect(second).toHaveValue(two);
});
