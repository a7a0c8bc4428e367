import type { Locator, Page } from "@playwright/test";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { Caller } from "./caller";
import { expect, signIn, test } from "./fixtures";
import { answerRead, holdActions, holdPages, sendSlowly, signUp, somebody } from "./pages";

const UNREACHABLE = "The server could not be reached. Try again.";

const section = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });

async function discard(page: Page): Promise<void> {
  await page.getByRole("alertdialog").getByRole("button", { name: "Discard changes" }).click();
}

/** Has dialogs take their time to close, as they do for a moment where motion is welcome. */
async function slowDialogs(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.evaluate(() => {
    const slow = new CSSStyleSheet();
    slow.replaceSync("[data-state=closed] { animation-duration: 60s !important }");
    document.adoptedStyleSheets.push(slow);
  });
}

async function echoWorkflow(page: Page): Promise<string> {
  const member = new Caller("member", page.request, process.env.E2E_BASE_URL ?? "");
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "template", value: "done" }],
  });
  const graph = testGraph([testNode("input", "input"), output], [testEdge("input", "output")]);
  return member.publish(somebody("late").workspaceName, graph);
}

test("what fails just as its dialog closes is said all the same", async ({ page }) => {
  await signUp(page, somebody("Closing"));
  await page.goto("/app/team");
  await slowDialogs(page);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await page.getByRole("dialog").getByLabel("E-mail").fill("somebody@example.com");
  const end = await holdActions(page);
  await page.getByRole("dialog").getByRole("button", { name: "Send invitation" }).click();
  await page.keyboard.press("Escape");
  await discard(page);
  await expect(page.locator("[role=dialog][data-state=closed]")).toBeVisible();
  end("broken");
  await expect(page.getByText(UNREACHABLE, { exact: true })).toBeVisible();
});

test("what was asked about and then left is told of when it fails", async ({ page }) => {
  await signUp(page, somebody("Gone"));
  await page.goto("/app");
  await section(page, "Billing").click();
  await page.getByRole("link", { name: "Caps" }).first().click();
  await page.getByRole("button", { name: "Set a cap" }).click();
  const amount = page.getByRole("dialog").getByLabel("At most, in dollars");
  await amount.fill("50");
  await amount.press("Enter");
  await page.getByRole("button", { name: "Remove" }).click();
  const end = await holdActions(page);
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove" }).click();
  await page.evaluate(() => history.back());
  await expect(page).toHaveURL(/\/app\/billing$/);
  end("broken");
  await expect(page.getByRole("heading", { level: 1, name: "Billing" })).toBeVisible();
  await expect(page.getByText(UNREACHABLE, { exact: true })).toBeVisible();
});

test("what is made after its dialog was discarded is offered instead of opened", async ({ page }) => {
  await signUp(page, somebody("Discard"));
  await page.goto("/app/workflows");
  await page.getByRole("button", { name: /^(New workflow|Start from nothing)$/ }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Made all the same");
  const end = await holdActions(page);
  await page.getByRole("dialog").getByRole("button", { name: "Create" }).click();
  await page.keyboard.press("Escape");
  await discard(page);
  await expect(page.locator("[role=dialog], [role=alertdialog]")).toHaveCount(0);
  end();
  // The list has it, and is what is still open.
  await expect(page.getByRole("link", { name: "Made all the same", exact: true })).toBeVisible();
  await expect(page).toHaveURL(/\/app\/workflows$/);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
});

test("a key that is made after its dialog was discarded is shown all the same", async ({ page }) => {
  await signUp(page, somebody("Keyholder"));
  await page.goto("/app/api-keys");
  await page.getByRole("button", { name: "New key" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Late");
  await page.getByRole("dialog").getByLabel("List agents").check();
  const end = await holdActions(page);
  await page.getByRole("dialog").getByRole("button", { name: "Create key" }).click();
  await page.keyboard.press("Escape");
  await discard(page);
  await expect(page.locator("[role=dialog], [role=alertdialog]")).toHaveCount(0);
  end();
  await expect(page.getByTestId("new-api-key")).toBeVisible();
  // Still, once the list has it.
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await expect(page.getByTestId("new-api-key")).toBeVisible();
});

test("what is made after its page was discarded does not hold up the way to the next", async ({ page }) => {
  await signUp(page, somebody("Away"));
  await page.goto("/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Hired all the same");
  await page.getByLabel("Role", { exact: true }).fill("Answer briefly.");
  const end = await holdActions(page);
  await page.getByRole("button", { name: "Hire agent" }).click();
  const release = await holdPages(page);
  await section(page, "Knowledge").click();
  await discard(page);
  end();
  await expect(page.getByText("Agent hired", { exact: true })).toBeVisible();
  release();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);
});

/** Runs a workflow of a member's in its editor, and closes the dialog before the answer. @returns what lets it come */
async function runAndClose(page: Page): Promise<{ workflowId: string; dialog: Locator; end: () => void }> {
  await signIn(page, "member");
  const workflowId = await echoWorkflow(page);
  await page.goto(`/app/workflows/${workflowId}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Text", { exact: true }).fill("x");
  await expect(dialog.getByText(/^This run costs about/)).toBeVisible();
  const end = await holdActions(page);
  await dialog.getByRole("button", { name: "Run" }).click();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  return { workflowId, dialog, end };
}

test("a run that starts once its dialog or the editor was left changes neither page nor address", async ({
  page,
}) => {
  const { dialog, end } = await runAndClose(page);
  await section(page, "Knowledge").click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  end();
  await expect(page.getByText("The run has started.", { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page).toHaveURL(/\/app\/runs\/[0-9a-f-]{36}$/);
  const first = page.url();

  await page.unrouteAll();
  await page.getByRole("button", { name: "Replay" }).click();
  await dialog.getByLabel("Text", { exact: true }).fill("y");
  const endReplay = await holdActions(page);
  await dialog.getByRole("button", { name: "Replay" }).click();
  await page.keyboard.press("Escape");
  await discard(page);
  await expect(dialog).toBeHidden();
  endReplay();
  await expect(page.getByText("The run has started.", { exact: true })).toBeVisible();
  expect(page.url()).toBe(first);
});

test("a run that starts while the page of a link is on its way does not keep anybody in the editor", async ({
  page,
}) => {
  const { workflowId, dialog, end } = await runAndClose(page);
  const release = await holdPages(page);
  await section(page, "Knowledge").click();
  end();
  await expect(page.getByText("The run has started.", { exact: true })).toBeVisible();
  release();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  await page.goBack();
  await expect(page).toHaveURL(new RegExp(`/app/workflows/${workflowId}$`));
  // Back in the editor, a run is shown there again.
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await dialog.getByLabel("Text", { exact: true }).fill("y");
  await dialog.getByRole("button", { name: "Run" }).click();
  await expect(page).toHaveURL(/\?run=[0-9a-f-]{36}$/);
});

test("the window asks before it closes while files are being sent, and only then", async ({ page }) => {
  await signUp(page, somebody("Sender"));
  await page.goto("/app/knowledge");
  const arrive = await sendSlowly(page, "Slow");
  // Also from another page: files go on being sent.
  await section(page, "Agents").click();
  await expect(page).toHaveURL(/\/app\/agents$/);
  const asking = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await asking;
  expect(question.type()).toBe("beforeunload");
  await question.dismiss();
  const sent = answerRead(page, (request) => request.url().includes("/app/knowledge/upload"));
  arrive();
  await sent;
  await section(page, "Knowledge").click();
  await expect(page.getByRole("row", { name: /Slow\.md/ })).toBeVisible();
  const closed = page.waitForEvent("close");
  await page.close({ runBeforeUnload: true });
  await closed;
});

test("what is ticked while a choice is being saved stays ticked, and is saved by the next press", async ({
  page,
}) => {
  await signUp(page, somebody("Ticker"));
  await page.goto("/app/notifications/preferences");
  const box = page.getByRole("checkbox", { name: "Run failed: tell me by mail" });
  const save = page.getByRole("button", { name: "Save" });
  await expect(box).not.toBeChecked();
  await box.click();
  const end = await holdActions(page);
  await save.click();
  await box.click();
  await expect(box).not.toBeChecked();
  end();
  await expect(page.getByText("Your choice is saved.", { exact: true })).toBeVisible();
  const form = page.locator("form").filter({ has: save });
  await expect(form).not.toHaveAttribute("aria-busy");
  const saved = page.waitForResponse((response) => "next-action" in response.request().headers());
  await save.click();
  await saved;
  await expect(form).not.toHaveAttribute("aria-busy");
  await page.reload();
  await expect(box).not.toBeChecked();
});
