import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { pdf } from "./documents";
import { expect, signIn, test, visit } from "./fixtures";
import { signUp, somebody } from "./pages";

const MANUAL = [
  "Falcon water pump, owner's manual. The pump is delivered with two hoses and a filter. Read the safety notes before the first start and keep children away from the outlet.",
  "Warranty of the Falcon water pump. The warranty of the Falcon pump lasts 37 months from the day of purchase. Send the receipt together with the pump to the workshop in Ghent.",
];
const QUESTION = "How many months does the warranty of the Falcon pump last?";

async function uploadManual(page: Page): Promise<void> {
  await visit(page, "/app/knowledge");
  await page.getByLabel("Files to add").setInputFiles(await pdf("falcon-manual.pdf", MANUAL));
  const row = page.getByRole("row", { name: /falcon-manual\.pdf/ });
  await expect(row).toContainText("Ready");
  await expect(row).toContainText("2 pages");
}

async function hireAgent(page: Page): Promise<void> {
  await visit(page, "/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Wanda, warranties");
  await page
    .getByLabel("Role", { exact: true })
    .fill("Answer questions about the pump from the manual and cite it.");
  await expect(page.getByLabel("Model", { exact: true })).toContainText("Built-in assistant");
  await page.getByRole("radio", { name: /All documents/ }).click();
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name: "Wanda, warranties" })).toBeVisible();
}

/** The playground's answer names the page, and its citation opens the passage. */
async function askAndFollowTheCitation(page: Page): Promise<void> {
  await page.getByRole("textbox", { name: "Message to Wanda, warranties" }).fill(QUESTION);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const talk = page.getByRole("log", { name: "Conversation with Wanda, warranties" });
  await expect(talk).toContainText("37 months");
  await expect(talk).toContainText(/tokens in, .* out/);
  await expect(talk).toContainText(/\$0\.\d+/);
  await expectAccessible(page);
  await talk
    .getByRole("list", { name: "Sources" })
    .getByRole("link", { name: /falcon-manual\.pdf, page 2/ })
    .click();
  await expect(page).toHaveURL(/\/app\/knowledge\/[0-9a-f-]{36}\?passage=/);
  const passage = page.getByRole("listitem").and(page.locator("[aria-current=true]"));
  await expect(passage).toContainText("cited");
  await expect(passage).toContainText("37 months from the day of purchase");
  await expect(passage).toBeInViewport();
  await expectAccessible(page);
  await page.goBack();
  await expect(talk).toContainText("37 months");
  await page.reload();
  await expect(talk).toContainText(QUESTION);
  await expect(talk.getByRole("link", { name: /falcon-manual\.pdf, page 2/ })).toBeVisible();
}

/** input → agent → output: the first node that is added stands between the two that are there. */
async function buildWorkflow(page: Page): Promise<void> {
  await visit(page, "/app/workflows");
  await page.getByRole("button", { name: "Start from nothing" }).click();
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await dialog.getByLabel("Name").fill("Warranty desk");
  await dialog.getByLabel("Start from").selectOption("blank");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);

  const nodes = page.getByRole("complementary", { name: "Nodes" });
  const open = (name: string) =>
    nodes
      .getByRole("list", { name: "Nodes in the order of the run" })
      .getByRole("button", { name: new RegExp(`^${name}`) })
      .click();
  await nodes.getByRole("button", { name: /^Agent/ }).click();
  const agent = page.getByRole("region", { name: "Settings of Agent" });
  await agent.getByRole("combobox", { name: "Agent" }).selectOption({ label: "Wanda, warranties" });
  await agent.getByRole("textbox", { name: "Prompt" }).fill("{{ input.text }}");
  for (const connection of ["from Input", "to Output"])
    await expect(agent.getByRole("button", { name: `Remove the connection ${connection}` })).toBeVisible();

  await nodes.getByRole("tab", { name: "Outline" }).click();
  await open("Output");
  const output = page.getByRole("region", { name: "Settings of Output" });
  await expect(output.getByRole("textbox", { name: "Value" })).toHaveText("{{ agent_1.text }}");
  await output.getByRole("textbox", { name: "Value" }).fill("");
  await output.getByRole("button", { name: "Insert a value" }).click();
  await page.getByRole("menuitem", { name: /Answer/ }).click();
  await expect(output.getByRole("textbox", { name: "Value" })).toHaveText(/\{\{ .*\.text \}\}/);

  await expect(page.getByRole("button", { name: "Ready" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("button", { name: "Redo" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await expectAccessible(page);
}

async function publishAndRun(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Publish" }).click();
  const publish = page.getByRole("dialog", { name: "Publish Warranty desk" });
  await publish.getByLabel("What changed").fill("First version");
  await publish.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText("Version 1", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Run", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Run Warranty desk" });
  await form.getByRole("textbox", { name: "Text" }).fill(QUESTION);
  await expectAccessible(page);
  await form.getByRole("button", { name: "Run" }).click();
  const run = page.getByRole("region", { name: "Run", exact: true });
  await expect(run).toContainText("Completed");
  await expect(run).toContainText("3 of 3 nodes");
  await expect(page.locator(".react-flow__node").filter({ hasText: "Completed" })).toHaveCount(3);
  await run.getByRole("link", { name: "Open the trace" }).click();
}

async function readTheTrace(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name: "Warranty desk" })).toBeVisible();
  const agentRow = page.getByRole("treeitem", { name: /Agent.*\$0\.\d+/ });
  await agentRow.click();
  await expect(page).toHaveURL(/\?step=/);
  await expect(page.getByRole("heading", { name: "Cost" })).toBeVisible();
  await expect(page.getByText(/tokens? at \$\S+ a million/).first()).toBeVisible();
  await expect(page.getByText(/37 months/).first()).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(agentRow).toBeVisible();
}

async function findItInTheUsage(page: Page): Promise<void> {
  await visit(page, "/app/usage?by=workflow");
  const row = page.getByRole("row", { name: /Warranty desk/ });
  await expect(row.getByRole("cell").nth(1)).toContainText(/\$0\.\d*[1-9]/);
  await expect(row.getByRole("cell").nth(2)).toHaveText("1");
  const table = page.getByRole("table").filter({ has: row });
  const costs = await table.locator("td:nth-child(2)").allTextContents();
  const micros = costs.map((text) => Math.round(Number(text.replace(/[$,]/g, "")) * 1_000_000));
  expect(micros.slice(0, -1).reduce((sum, part) => sum + part, 0)).toBe(micros.at(-1));
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Export CSV" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.csv$/);
}

test("from sign-up to a billed run", async ({ page }) => {
  await signUp(page, somebody("Tina"));
  await visit(page, "/app");
  await uploadManual(page);
  await hireAgent(page);
  await askAndFollowTheCitation(page);
  await buildWorkflow(page);
  await publishAndRun(page);
  await readTheTrace(page);
  await findItInTheUsage(page);
});

test("an invoice line opens the runs it is made of", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/billing");
  await page
    .getByRole("link", { name: /^HB-\d/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { level: 1, name: /Invoice/ })).toBeVisible();
  await expectAccessible(page);
  await page
    .getByRole("row", { name: /Built-in assistant|internal-chat/i })
    .first()
    .getByRole("link")
    .click();
  await expect(page.getByText("as the ledger has it", { exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}/);
  await expect(page.getByText("Timeline", { exact: true })).toBeVisible();
});

test("an admin names the balance below which admins are told, and takes it back", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/billing");
  await page.getByRole("button", { name: "Set a notice of a low balance" }).click();
  const amount = page.getByLabel("Tell us below, in dollars");
  await amount.fill("nothing");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Give an amount in dollars, such as 20.00.")).toBeVisible();
  await amount.fill("0.5");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Admins are told when it falls below $0.50.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Change the notice of a low balance" }).click();
  await expect(amount).toHaveValue("0.5");
  await amount.fill("");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Nobody is told when the balance runs low.")).toBeVisible();
});

test("a cap is set, seen on the billing page, switched off by a program, and removed; what changed the credit can be read", async ({
  page,
  api,
}) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/billing/caps");
  await page.getByRole("button", { name: "Set a cap" }).click();
  await page.getByLabel("What it bounds").selectOption({ label: "Each run on its own" });
  await page.getByLabel("At most, in dollars").fill("100000");
  await page.getByRole("button", { name: "Set cap", exact: true }).click();
  await expect(page.getByRole("row", { name: /Each run.*\$100,000\.00/ })).toBeVisible();
  await expectAccessible(page);
  await visit(page, "/app/billing");
  await expect(page.getByText("Each run", { exact: true })).toBeVisible();
  const off = { scope: "run", period: "run", amount: "100000", isActive: false };
  expect((await api.post("/api/v1/caps", { data: off })).ok()).toBe(true);
  await visit(page, "/app/billing/caps");
  await expect(page.getByRole("row", { name: /Each run.*Off.*bounds nothing/ })).toBeVisible();
  await page
    .getByRole("row", { name: /Each run/ })
    .getByRole("button", { name: "Remove" })
    .click();
  await page.getByRole("button", { name: "Remove cap" }).click();
  await expect(page.getByRole("row", { name: /Each run/ })).toHaveCount(0);
  await visit(page, "/app/billing/credit");
  await expect(page.getByRole("cell", { name: /^Usage/ }).first()).toBeVisible();
});

test("a search that leaves nothing of a list is cleared by one click", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/workflows?q=nobody-calls-it-this&status=active");
  await expect(page.getByRole("heading", { name: "No workflow fits" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page.getByRole("heading", { name: "No workflow fits" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^More for / }).first()).toBeVisible();
  await expect(page.getByRole("searchbox", { name: "Search workflows" })).toHaveValue("");
  await expect(page).toHaveURL(/\/app\/workflows$/);
});
