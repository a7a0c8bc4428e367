import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, publishedWorkflowId } from "./pages";

/** A finished run of the demo workspace, open on its own page. */
async function openFinishedRun(page: Page, workflowId: string): Promise<string> {
  await page.goto(`/app/runs?status=completed&workflowId=${workflowId}`);
  const href = await page
    .getByRole("row")
    .filter({ hasText: "Answer a customer" })
    .locator('a[href^="/app/runs/"]')
    .first()
    .getAttribute("href");
  await visit(page, href ?? "");
  return href ?? "";
}

test("a finished run is walked by keyboard, searched, saved, and found again after a reload", async ({
  page,
  api,
}) => {
  await signIn(page, "member");
  await openFinishedRun(page, await publishedWorkflowId(api));
  const tree = page.getByRole("tree", { name: "Steps of the run" });
  await tree.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\?step=[0-9a-f-]{36}$/);
  const second = tree.getByRole("treeitem").nth(1);
  await expect(second).toHaveAttribute("aria-selected", "true");
  const chosen = tree.getByRole("treeitem", { selected: true });
  const name = (await chosen.locator("span.font-medium").first().textContent()) ?? "";
  await expect(page.getByRole("heading", { level: 2, name, exact: true })).toBeVisible();
  await page.reload();
  await expect(chosen).toContainText(name);
  await expect(page.getByRole("heading", { level: 2, name, exact: true })).toBeVisible();

  await second.click();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(tree.getByRole("treeitem").nth(2)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Tab");
  const result = page.getByRole("searchbox", { name: "Search in result" });
  await result.fill("e");
  await expect(page.getByRole("status").filter({ hasText: "with “e”" })).toBeVisible();
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save result as JSON" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^run-.*-output\.json$/);
  expect(Object.keys(JSON.parse(await readFile(await saved.path(), "utf8"))).length).toBeGreaterThan(0);
  await expectAccessible(page);

  await page.setViewportSize({ width: 380, height: 900 });
  await expect(tree).toBeVisible();
  await expectNoSideScroll(page);
  await expectAccessible(page);
});

test("a run that is under way ends before the eyes of who watches it, across a reload", async ({
  page,
  api,
}) => {
  await signIn(page, "member");
  const started = await api.post(`/api/v1/workflows/${await publishedWorkflowId(api)}/runs`, {
    data: { input: { customer: "Nora", question: "When is a delivery late?" } },
  });
  expect(started.ok(), await started.text()).toBe(true);
  const { id } = await started.json();
  await page.goto(`/app/runs/${id}`);
  await page.reload();
  await expect(
    page.getByRole("banner").or(page.locator("header")).getByText("Completed").first(),
  ).toBeVisible();
  await expect(page.getByText(/^(Live|Reconnecting…)$/)).toHaveCount(0);
  // A run that waited for its turn has a line for that before its steps.
  const steps = page.getByRole("treeitem").filter({ hasNotText: "In the queue" });
  await expect(steps.first()).toContainText("Completed");
});

test("the costs of a run open for the operator at every level of price", async ({ page }) => {
  await signIn(page, "appAdmin");
  await page.goto("/admin/ledger");
  const href = await page.locator('a[href^="/admin/runs/"]').first().getAttribute("href");
  await visit(page, href ?? "");
  await expect(page.getByText("Platform cost").first()).toBeVisible();
});
