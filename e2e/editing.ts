import { type Browser, expect, type Locator, type Page } from "@playwright/test";
import { signIn, visit } from "./fixtures";

/** A workflow of an input and an output, in the editor. */
export async function startFromNothing(page: Page, name: string): Promise<void> {
  await visit(page, "/app/workflows");
  // Where there are none yet, the page offers it by other words.
  await page.getByRole("button", { name: /^(New workflow|Start from nothing)$/ }).click();
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await dialog.getByLabel("Name").fill(name);
  await dialog.getByLabel("Start from").selectOption("blank");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
  await expect(page.locator(".react-flow__node")).toHaveCount(2);
}

/** Chooses a node in the outline. */
export async function openNode(page: Page, name: string): Promise<Locator> {
  const side = page.getByRole("complementary", { name: "Nodes" });
  await side.getByRole("tab", { name: "Outline" }).click();
  await side
    .getByRole("list", { name: "Nodes in the order of the run" })
    .getByRole("button", { name: new RegExp(`^${name}`) })
    .first()
    .click();
  return page.getByRole("region", { name: `Settings of ${name}`, exact: true });
}

/** Adds a node by its search. */
export async function addKind(page: Page, kind: string): Promise<void> {
  await page.getByRole("tab", { name: "Add" }).click();
  const search = page.getByRole("searchbox", { name: "Search nodes" });
  await search.fill(kind);
  await search.press("Enter");
}

/** A text as somebody types it who knows what to write: what is offered meanwhile is put away. */
export async function write(field: Locator, text: string): Promise<void> {
  // Chosen by its own key: a selection made from outside is taken back by the field as it gets the focus.
  await field.press("ControlOrMeta+a");
  await field.page().keyboard.insertText(text);
  await expect(field).toHaveText(text);
}

/** Gives the input of the open workflow another name. */
export async function renameInput(page: Page, name: string): Promise<void> {
  const panel = await openNode(page, "Input");
  await panel.getByRole("textbox", { name: "Name" }).fill(name);
}

/** Somebody else of the workspace opens the same workflow meanwhile, and saves it with the input called “Theirs”. */
export async function savedByAnother(page: Page, browser: Browser): Promise<void> {
  const other = await browser.newPage();
  await signIn(other, "member");
  await other.goto(page.url());
  await renameInput(other, "Theirs");
  await expect(other.getByText("Saved", { exact: true })).toBeVisible();
  await other.close();
}
