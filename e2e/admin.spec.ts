import { isClosable, previousMonth } from "@/lib/billing/period";
import { expectAccessible } from "./accessibility";
import { startFromNothing } from "./editing";
import { expect, signIn, signInAs, test, visit } from "./fixtures";
import { signUp, somebody } from "./pages";

const SECRET = "sk-proj-never-shown-again-7Q4Z";

test("a base price changes, and the one before it stays in the history", async ({ page }) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/rates");
  const change = page.getByRole("button", { name: /^Change the price of .*node/i }).first();
  await change.click();
  const dialog = page.getByRole("dialog");
  const price = dialog.getByLabel(/^Price in US dollars/);
  await price.fill("0.0000001");
  await dialog.getByRole("button", { name: "Set price" }).click();
  await expect(price).toHaveAttribute("aria-invalid", "true");
  await expect(price).toHaveAccessibleDescription(/six decimals/);
  await price.fill("0.0021");
  await dialog.getByRole("button", { name: "Set price" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /node/i }).first()).toContainText("$0.0021");
  await page.getByRole("link", { name: "Show past prices" }).click();
  await expect(page.getByRole("row", { name: /node/i }).filter({ hasText: "$0.002" })).not.toHaveCount(0);
  await expectAccessible(page);
});

test("a key is sealed: the last four characters are all that comes back", async ({ page }) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/configuration");
  await page.getByRole("button", { name: /^(Set|Replace) OpenAI: .*key/i }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").or(dialog.locator("input[type=password]")).first().fill(SECRET);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/7Q4Z/)).toBeVisible();
  await expectAccessible(page);
  const html = await (await page.request.get("/admin/configuration")).text();
  expect(html).toContain("7Q4Z");
  expect(html).not.toContain("never-shown-again");
  const audit = await (await page.request.get("/admin/audit/export?action=config")).text();
  expect(audit).toContain("config.");
  expect(audit).not.toContain("never-shown-again");
  await page.getByRole("button", { name: /^Clear OpenAI: .*key/i }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Clear" }).click();
  await expect(page.getByText(/7Q4Z/)).toBeHidden();
});

test("a tenant is suspended, looked into read-only, and reactivated", async ({ page, browser }) => {
  const context = await browser.newContext();
  const theirs = await context.newPage();
  const account = somebody("Vera");
  await signUp(theirs, account);
  await startFromNothing(theirs, "Sort the mail");

  await signIn(page, "appAdmin");
  await visit(page, `/admin/tenants?q=${encodeURIComponent(account.workspaceName)}`);
  await page.getByRole("link", { name: account.workspaceName }).click();
  await expect(page.getByRole("heading", { level: 1, name: account.workspaceName })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Suspend" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("The invoices are not paid.");
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await expect(page.getByRole("button", { name: "Reactivate" })).toBeVisible();

  await theirs.goto("/app/settings");
  await expect(theirs.getByRole("region", { name: "Suspended" })).toContainText(
    "HireBuddha suspended this workspace: “The invoices are not paid.”",
  );
  await expectAccessible(theirs);
  await theirs.goto("/app/workflows");
  await expect(theirs.getByRole("button", { name: "New workflow" })).toBeHidden();
  await theirs.getByRole("link", { name: "Sort the mail" }).click();
  await expect(theirs.getByText("View only")).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Run", exact: true })).toBeHidden();
  await theirs.goto("/app/agents/new");
  await expect(
    theirs.getByRole("main").getByText(/^This workspace is suspended: it can be read/),
  ).toBeVisible();
  await expect(theirs.getByRole("button", { name: "Hire agent" })).toBeHidden();
  await theirs.goto("/app/knowledge");
  await expect(theirs.getByRole("heading", { name: "No documents yet" })).toBeVisible();
  await expect(theirs.getByRole("region", { name: "Add documents" })).toBeHidden();
  await page.getByRole("button", { name: "Reactivate" }).click();
  await expect(page.getByRole("button", { name: "Suspend" })).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByRole("region", { name: "Suspended" })).toBeHidden();

  await page.getByRole("button", { name: "View as" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("Support case 4711");
  await page.getByRole("dialog").getByRole("button", { name: "Look into it" }).click();
  const banner = page.getByRole("region", { name: "Looking into a workspace" });
  await expect(banner).toContainText(account.workspaceName);
  await expect(banner).toContainText("read-only");
  await expect(banner).toContainText("Support case 4711");
  await expectAccessible(page);
  await visit(page, "/account");
  await expect(banner).toContainText(account.workspaceName);
  await page.goto("/app/agents/new");
  await expect(
    page.getByRole("main").getByText(/^You are looking into this workspace read-only/),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Hire agent" })).toBeHidden();
  await page.goto("/app/agents");
  await expect(page.getByText("Smuggled")).toHaveCount(0);
  await page.getByRole("button", { name: "Leave" }).click();
  await expect(page).toHaveURL(/\/admin/);
  await theirs.goto("/app/audit");
  await expect(theirs.getByText(/view_as/).first()).toBeVisible();
  await context.close();
});

test("last month stays closed, a payment is recorded, the books hold, and the audit has it all", async ({
  page,
}) => {
  await signIn(page, "appAdmin");
  await visit(page, "/admin/invoices");
  // Not those of everybody: other journeys are billed meanwhile.
  const rows = page.getByRole("table").getByRole("row").filter({ hasText: "Brightleaf Foods" });
  const before = await rows.count();
  expect(before).toBeGreaterThan(0);
  const dialog = page.getByRole("dialog");
  // The newest month that is offered: in the first hour of a month one before the demo's first work.
  const isLastMonth = isClosable(previousMonth(new Date()), new Date());
  for (const [tenant, answer] of [
    ["Everybody with usage", "There was nothing to bill."],
    ["Brightleaf Foods", isLastMonth ? "This month is already invoiced." : "There was nothing to bill."],
  ] as const) {
    await page.getByRole("button", { name: "Close a month" }).click();
    await dialog.getByLabel("Tenant").selectOption({ label: tenant });
    await dialog.getByRole("button", { name: "Close the month" }).click();
    await expect(page.getByText(answer).first()).toBeVisible();
  }
  await expect(rows).toHaveCount(before);

  await visit(page, "/admin/invoices?status=pending");
  // Those of others are paid by other journeys.
  const unpaid = page.getByRole("row").filter({ hasText: "Brightleaf Foods" });
  const open = unpaid.getByRole("link", { name: /^HB-/ }).first();
  const number = await open.textContent();
  await open.click();
  await expect(page.getByRole("heading", { level: 1, name: `Invoice ${number}` })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Record payment" }).click();
  await dialog.getByLabel("Reference").fill("Bank statement 12");
  await dialog.getByRole("button", { name: "Record payment" }).click();
  await expect(page.getByText("Paid", { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/Bank statement 12/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Record payment" })).toBeHidden();

  await visit(page, "/admin/ledger-check");
  const checks = page.getByRole("table").getByRole("row");
  await expect(checks.filter({ hasText: /Holds/ })).toHaveCount((await checks.count()) - 1);

  await visit(page, "/admin/audit");
  const audit = await (await page.request.get("/admin/audit/export")).text();
  for (const action of ["rate.set", "invoice.create", "invoice.record_payment", "partner.create"])
    expect(audit).toContain(action);
});

test("a person whom an admin deactivates is out with the next click", async ({ page, browser }) => {
  const context = await browser.newContext();
  const theirs = await context.newPage();
  const account = somebody("Dora");
  await signUp(theirs, account);
  await visit(theirs, "/app");
  await signIn(page, "appAdmin");
  await visit(page, `/admin/users?q=${encodeURIComponent(account.email)}`);
  await page.getByRole("button", { name: `Deactivate ${account.fullName}` }).click();
  await page.getByRole("dialog").getByRole("textbox").fill("Left the company.");
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByRole("button", { name: `Activate ${account.fullName}` })).toBeVisible();
  await theirs.getByRole("link", { name: "Agents" }).first().click();
  await expect(theirs).toHaveURL(/\/sign-in/);
  await signInAs(theirs, account.email, account.password);
  await expect(theirs.getByText("The e-mail or the password is not right.")).toBeVisible();
  await context.close();
});
