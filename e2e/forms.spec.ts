import { demo } from "./demo";
import { expect, signIn, test, visit } from "./fixtures";
import { holdScripts, somebody } from "./pages";

test("what another tab saved of an agent is not overwritten, also where the page was read again since", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Twin");
  await page.getByLabel("Role", { exact: true }).fill("Answer briefly.");
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);

  const other = await page.context().newPage();
  await visit(other, new URL(page.url()).pathname);
  await other.getByLabel("Role", { exact: true }).fill("Answer in French.");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByText("Now version 2")).toBeVisible();

  const role = page.getByLabel("Role", { exact: true });
  await role.fill("Answer in verse.");
  await page.getByRole("button", { name: "More for Twin" }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  await expect(page.getByText(/Somebody saved version 2 while you were editing version 1/)).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/Somebody saved version 2 of this agent while you were editing/)).toBeVisible();
  await expect(role).toHaveValue("Answer in verse.");
  await page.reload();
  await expect(role).toHaveValue("Answer in French.");
  await role.fill("Answer in French verse.");
  for (const version of [3, 4]) {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`Now version ${version}`)).toBeVisible();
    await expect(page.getByText(/while you were editing/)).toBeHidden();
  }
});

test("a form that is sent before the page's scripts are there is sent once they are, with what was typed", async ({
  page,
}) => {
  const { email, password } = demo().users.member;
  const release = await holdScripts(page);
  await page.goto("/sign-in", { waitUntil: "commit" });
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("not the one");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  release();
  // Answered, and nothing that was typed is gone.
  await expect(page.getByLabel("E-mail")).toHaveValue(email);
  await expect(page.getByText("The e-mail or the password is not right.")).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/app$/);
});

test("boxes of the notifications that another tab saved stay as they were saved", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  const path = "/app/notifications/preferences";
  const box = (tab: typeof page, what: string) =>
    tab.getByRole("checkbox", { name: `${what}: tell me in the console` });
  await visit(page, path);
  const other = await page.context().newPage();
  await visit(other, path);
  for (const [tab, what] of [
    [other, "New invoice"],
    [page, "Credit note"],
  ] as const) {
    await box(tab, what).click();
    await tab.getByRole("button", { name: "Save", exact: true }).click();
    await expect(tab.getByText("Your choice is saved.", { exact: true })).toBeVisible();
  }
  await expect(box(page, "New invoice")).not.toBeChecked();
  await page.reload();
  await expect(box(page, "New invoice")).not.toBeChecked();
  await expect(box(page, "Credit note")).not.toBeChecked();
});

test("invoice details that another tab saved are not overwritten, and one's own are saved again and again", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const reference = page.getByLabel("Your reference");
  const save = page.getByRole("button", { name: "Save details" });
  const saved = page.getByText("Saved. Invoices show it from now on.", { exact: true });
  await visit(page, "/app/billing/details");
  const other = await page.context().newPage();
  await visit(other, "/app/billing/details");
  const seen = other.locator('input[name="updatedAt"]');
  for (const text of ["PO 1", "PO 2"]) {
    const before = await seen.inputValue();
    await other.getByLabel("Your reference").fill(text);
    await other.getByRole("button", { name: "Save details" }).click();
    await expect(seen).not.toHaveValue(before);
  }

  await reference.fill("PO 3");
  await save.click();
  await expect(page.getByText(/^These details were changed after you opened this page\./)).toBeVisible();
  await expect(reference).toHaveValue("PO 3");
  await expect(saved).toBeHidden();
  await page.reload();
  await expect(reference).toHaveValue("PO 2");
  await reference.fill("");
  await save.click();
  await expect(saved).toBeVisible();
});

test("prices that another tab changed are neither saved over nor scheduled unseen", async ({ page }) => {
  await signIn(page, "partner");
  await page.goto("/partner/price-book/drafts");
  await page.getByRole("button", { name: "New draft" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(somebody("Tabs").workspaceName);
  await page.getByRole("button", { name: "Create draft" }).click();
  const node = page.getByLabel(/^Draft price of Workflow nodes/);
  await expect(node).toBeVisible();
  await node.fill("0.0191");
  await page.getByRole("button", { name: "Save prices" }).click();
  const schedule = page.getByRole("button", { name: "Schedule 1 price" });
  await expect(schedule).toBeVisible();

  const other = await page.context().newPage();
  await visit(other, new URL(page.url()).pathname);
  await other.getByLabel(/^Draft price of Workflow nodes/).fill("0.0192");
  await other.getByRole("button", { name: "Save prices" }).click();
  await expect(other.getByText("The draft is saved.", { exact: true })).toBeVisible();

  await schedule.click();
  const stale = page.getByText(/^This draft was changed after you opened this page\./);
  await expect(stale).toHaveCount(1);
  await node.fill("0.0193");
  await page.getByRole("button", { name: "Save prices" }).click();
  await expect(stale).toHaveCount(2);
  await expect(node).toHaveValue("0.0193");
  await page.reload();
  await expect(node).toHaveValue("0.0192");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Price drafts" })).toBeVisible();
});

test("what is wrong with a group of fields is gone to, and deleting a document says whose it is", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/api-keys");
  await page.getByRole("button", { name: "New key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Pump import");
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.locator("[data-field-error]")).toHaveText("Choose at least one scope.");
  await expect(dialog.locator("[data-field-error]")).toBeFocused();
  await dialog.getByLabel("List agents").check();
  await dialog.getByRole("button", { name: "Create key" }).click();
  await expect(dialog.getByTestId("new-api-key")).toHaveText(/^hb_/);
  await page.keyboard.press("Escape");
  await expect(dialog.getByTestId("new-api-key")).toHaveText(/^hb_/);
  await dialog.getByRole("button", { name: "Done" }).click();

  await visit(page, "/app/knowledge");
  await page.getByLabel("Files to add").setInputFiles([
    { name: "pump-prices.txt", mimeType: "text/plain", buffer: Buffer.from("A pump costs 40 dollars.") },
    { name: "photo.png", mimeType: "image/png", buffer: Buffer.from("no text") },
  ]);
  // What could not be added stands first.
  const added = page.getByRole("region", { name: "Add documents" }).getByRole("listitem");
  await expect(added.first()).toContainText("Files of this kind cannot be read.");
  await expect(added.last()).toContainText("Added.");
  await visit(page, "/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Pump desk");
  await page.getByLabel("Role", { exact: true }).fill("Answer from the prices.");
  await page.getByRole("radio", { name: /Selected documents/ }).click();
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page.locator("[data-field-error]")).toHaveText("Choose at least one document.");
  await expect(page.locator("[data-field-error]")).toBeFocused();
  await page.getByLabel("pump-prices.txt").check();
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);

  await visit(page, "/app/knowledge");
  await page.getByRole("link", { name: "pump-prices.txt" }).click();
  await expect(page.getByRole("link", { name: "Pump desk" })).toBeVisible();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText("What Pump desk answer from it: it was chosen for them");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
});
