import { Caller } from "./caller";
import { expect, signIn, test } from "./fixtures";
import { holdPages, holdScripts, signUp, somebody } from "./pages";

test("filters that are chosen one after another hold together, also where the list takes its time", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/runs");
  const status = page.getByLabel("Status", { exact: true });
  const trigger = page.getByLabel("Started from", { exact: true });
  const search = page.getByRole("searchbox", { name: "Search runs, data, errors" });
  const release = await holdPages(page);
  await status.selectOption("Failed");
  await trigger.selectOption("API");
  await search.fill("late");
  await search.press("Enter");
  release();
  await expect(page).toHaveURL(/[?&]q=late/);
  await expect(page).toHaveURL(/[?&]trigger=api/);
  await expect(page).toHaveURL(/[?&]status=failed/);
  await expect(status).toHaveValue("failed");
  await expect(trigger).toHaveValue("api");

  // What was chosen is no part of what is chosen after the list was left.
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Knowledge" }).click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Runs" }).click();
  await expect(page).toHaveURL(/\/app\/runs$/);
  await trigger.selectOption("API");
  await expect(page).toHaveURL(/\/app\/runs\?trigger=api$/);
});

test("what is searched, chosen and typed before the page's scripts are there counts once they are", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const release = await holdScripts(page);
  await page.goto("/app/runs", { waitUntil: "commit" });
  const search = page.getByRole("searchbox", { name: "Search runs, data, errors" });
  const status = page.getByLabel("Status", { exact: true });
  await search.fill("late");
  await status.selectOption("Failed");
  release();
  await expect(page).toHaveURL(/[?&]status=failed/);
  await expect(page).toHaveURL(/[?&]q=late/);
  await expect(search).toHaveValue("late");
  await expect(status).toHaveValue("failed");

  await page.unrouteAll();
  const releaseAgain = await holdScripts(page);
  await page.goto("/app/billing/top-up", { waitUntil: "commit" });
  const amount = page.getByLabel("Amount in dollars");
  await amount.fill("250");
  releaseAgain();
  await expect(page.getByRole("button", { name: "$250", exact: true })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await expect(amount).toHaveValue("250");
});

test("a filter that was given up for the list itself is no part of the next one", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/runs");
  const status = page.getByLabel("Status", { exact: true });
  const release = await holdPages(page);
  await status.selectOption("Failed");
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Runs" }).click();
  release();
  await expect(status).toHaveValue("");
  await page.getByLabel("Started from", { exact: true }).selectOption("API");
  await expect(page).toHaveURL(/\/app\/runs\?trigger=api$/);
});

test("a page whose last row is gone says so, and leads to what is left", async ({ page }) => {
  await signUp(page, somebody("Pager"));
  const maker = new Caller("maker", page.request, process.env.E2E_BASE_URL ?? "");
  const numbers = Array.from({ length: 26 }, (_, index) => index + 1);
  for (const number of numbers)
    await maker.must("createWorkflowAction", { name: `Number ${number}`, template: "blank" });
  await page.goto("/app/workflows");
  await expect(page.locator("tbody tr")).toHaveCount(25);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("button", { name: "More for Number 1", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete workflow" }).click();
  await expect(page.getByText("Nothing is left on this page", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "First page" }).click();
  await expect(page).toHaveURL(/\/app\/workflows$/);
  await expect(page.locator("tbody tr")).toHaveCount(25);
  await expect(page.getByRole("navigation", { name: "Pages" })).toHaveCount(0);

  // Where questions wait on the pages before, none of them is said to wait for nobody.
  await page.goto("/app/approvals?show=waiting&cursor=00000000-0000-7000-8000-000000000000");
  await expect(page.getByText("Nothing is left on this page", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "First page" }).click();
  await expect(page).toHaveURL(/\/app\/approvals\?show=waiting$/);
  await expect(page.getByText("No run waits for a person", { exact: true })).toBeVisible();
});
