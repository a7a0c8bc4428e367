import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, signIn, test, visit } from "./fixtures";

/** @returns its name, which nobody else has */
async function hire(page: Page, first: string): Promise<string> {
  const name = `${first} ${randomUUID().slice(0, 8)}`;
  await visit(page, "/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Role", { exact: true }).fill("Answer briefly.");
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  return name;
}

test("what was chosen for an agent is still there after a look at the other choices, and only what is asked is saved", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await hire(page, "Ines");
  const some = page.getByRole("radio", { name: "Selected documents" });
  const all = page.getByRole("radio", { name: "All documents" });
  await some.check();
  const ticks = page.getByRole("group", { name: "Choose documents" }).getByRole("checkbox");
  await ticks.nth(1).check();
  const passages = page.getByLabel("Passages for each question");
  await passages.fill("12");
  const web = page.getByRole("checkbox", { name: /^Read web pages/ });
  await web.check();
  await page.getByLabel("Hosts it may read").fill("docs.example.com");
  const longest = page.getByLabel("Longest answer");
  await longest.fill("300");

  await all.check();
  await expect(ticks.first()).toBeHidden();
  await page.getByRole("radio", { name: "None" }).check();
  await expect(passages).toBeHidden();
  await web.uncheck();
  await expect(page.getByLabel("Hosts it may read")).toBeHidden();
  await some.check();
  await web.check();
  await expect(ticks.nth(1)).toBeChecked();
  await expect(ticks.first()).not.toBeChecked();
  await expect(passages).toHaveValue("12");
  await expect(page.getByLabel("Hosts it may read")).toHaveValue("docs.example.com");
  await expect(longest).toHaveValue("300");

  await all.check();
  await web.uncheck();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Now version 2")).toBeVisible();
  await page.reload();
  await expect(all).toBeChecked();
  await some.check();
  await web.check();
  await expect(ticks.nth(1)).not.toBeChecked();
  await expect(passages).toHaveValue("12");
  await expect(page.getByLabel("Hosts it may read")).toHaveValue("");
});

test("an answer whose stream broke off is shown with its price once it is known to be whole", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const otto = await hire(page, "Otto");
  await page.route("**/playground", async (route) => {
    const response = await route.fetch();
    const [start] = (await response.text()).split("\n");
    await route.fulfill({ response, body: `${start}\n` });
  });
  await page.getByRole("textbox", { name: `Message to ${otto}` }).fill("What is 6 * 7?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const talk = page.getByRole("log", { name: `Conversation with ${otto}` });
  await expect(talk).toContainText(/tokens in, .* out/);
  await expect(talk).toContainText(/\$0\.\d+/);
  await expect(talk).not.toContainText("could not be reached");
  await expect(talk).not.toContainText("stopped");
});

test("stopping an answer and beginning anew give the focus back to the message", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  const rosa = await hire(page, "Rosa");
  // Nothing is answered before it is stopped.
  await page.route("**/playground", () => undefined);
  const box = page.getByRole("textbox", { name: `Message to ${rosa}` });
  await box.fill("Count.");
  await page.getByRole("button", { name: "Send", exact: true }).press("Enter");
  await page.getByRole("button", { name: "Stop the answer" }).press("Enter");
  await expect(page.getByText("The answer was stopped.")).toBeVisible();
  await expect(box).toBeFocused();
  await page.getByRole("button", { name: "New", exact: true }).press("Enter");
  await expect(page.getByText("The answer was stopped.")).toBeHidden();
  await expect(box).toBeFocused();
});

test("a chosen document that was deleted meanwhile leaves the form, and the others are saved", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const nora = await hire(page, "Nora");
  const agent = page.url();
  await page.goto("/app/knowledge");
  const [gone, here] = [`gone ${nora}.txt`, `here ${nora}.txt`];
  const files = [gone, here].map((name) => ({ name, mimeType: "text/plain", buffer: Buffer.from(name) }));
  await page.locator("input[type=file]").setInputFiles(files);
  await expect(page.getByText("Added. Open")).toHaveCount(2);
  const other = await page.context().newPage();
  await other.goto("/app/knowledge");
  await other.getByRole("link", { name: gone }).click();
  await other.getByRole("button", { name: "Delete" }).click();

  await page.goto(agent);
  await page.getByRole("radio", { name: "Selected documents" }).check();
  const tick = (name: string) => page.getByRole("checkbox", { name });
  await tick(gone).check();
  await tick(here).check();
  await other.getByRole("button", { name: "Delete document" }).click();
  await expect(other).toHaveURL(/\/app\/knowledge$/);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("A chosen document does not exist any more. Choose again.")).toBeVisible();
  await expect(
    page.getByText(`${gone} was deleted meanwhile and is not in the list any more.`),
  ).toBeVisible();
  await expect(tick(gone)).toHaveCount(0);
  await expect(tick(here)).toBeChecked();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Now version 2")).toBeVisible();
});

test("a file that is already there for another agent says for whom", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  const ida = await hire(page, "Ida");
  await visit(page, "/app/knowledge");
  const file = { name: "rules.txt", mimeType: "text/plain", buffer: Buffer.from(`Rules of ${ida}.`) };
  const picker = page.locator("input[type=file]");
  const audience = page.getByRole("combobox", { name: "Who may use the files" });
  await audience.selectOption({ label: `Only for ${ida}` });
  await picker.setInputFiles([file]);
  await expect(page.getByText("Added. Open")).toBeVisible();
  await picker.setInputFiles([file]);
  await expect(page.getByText(/^Already here as rules\.txt$/)).toBeVisible();
  await audience.selectOption({ label: "For every agent" });
  await picker.setInputFiles([file]);
  const said = `Already here as rules.txt, but for ${ida}. To change that, delete it and add it again.`;
  await expect(page.getByText(said)).toBeVisible();
});

test("the editor names a node whose agent is inactive among what keeps the workflow from running", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const ruth = await hire(page, "Ruth");
  await visit(page, "/app/workflows");
  await page.getByRole("button", { name: "New workflow" }).click();
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await dialog.getByLabel("Name").fill(`Ask ${ruth}`);
  await dialog.getByLabel("Start from").selectOption("blank");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page
    .getByRole("complementary", { name: "Nodes" })
    .getByRole("button", { name: /^Agent/ })
    .click();
  const settings = page.getByRole("region", { name: "Settings of Agent" });
  await settings.getByRole("combobox", { name: "Agent" }).selectOption({ label: ruth });
  await settings.getByRole("textbox", { name: "Prompt" }).fill("{{ input.text }}");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const workflow = page.url();

  await page.goto("/app/agents");
  await page.getByRole("link", { name: ruth, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: ruth })).toBeVisible();
  await page.getByRole("button", { name: `More for ${ruth}` }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  const question = page.getByRole("alertdialog", { name: `Deactivate ${ruth}?` });
  await expect(question).toContainText(`It is used by “Ask ${ruth}”.`);
  await question.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByPlaceholder("Activate the agent to talk to it")).toBeVisible();
  await expect(question).toBeHidden();
  await page.goto(workflow);
  await page.getByRole("button", { name: "Publish" }).click();
  const problem = page.getByText(
    `“Agent”: Agent: ${ruth} is inactive. Activate it, or choose another agent.`,
  );
  await expect(problem.first()).toBeVisible();
});

test("a document that a node searches and that was deleted can be taken out of it", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  const name = `search ${randomUUID().slice(0, 8)}`;
  await page.goto("/app/knowledge");
  const file = { name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from(name) };
  await page.locator("input[type=file]").setInputFiles([file]);
  await expect(page.getByText("Added. Open")).toBeVisible();
  await page.goto("/app/workflows");
  await page.getByRole("button", { name: "New workflow" }).click();
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Start from").selectOption("blank");
  await dialog.getByRole("button", { name: "Create" }).click();
  await page
    .getByRole("complementary", { name: "Nodes" })
    .getByRole("button", { name: /^Retrieve/ })
    .click();
  const settings = page.getByRole("region", { name: "Settings of Retrieve" });
  await settings.getByRole("textbox", { name: "Question" }).fill("{{ input.text }}");
  await settings.getByRole("checkbox", { name: `${name}.txt` }).check();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const workflow = page.url();

  await page.goto("/app/knowledge");
  await page.getByRole("link", { name: `${name}.txt` }).click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete document" }).click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  await page.goto(workflow);
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("button", { name: /one document does not exist any more/ }).click();
  await settings.getByRole("checkbox", { name: "No longer available" }).click();
  await expect(page.getByRole("button", { name: /one document does not exist any more/ })).toBeHidden();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByText(/does not exist any more/)).toBeHidden();
});
