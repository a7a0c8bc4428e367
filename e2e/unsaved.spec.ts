import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { enter, expect, signIn, test, visit } from "./fixtures";
import { publishedWorkflowId, signUp, somebody } from "./pages";
import { create, newTrigger } from "./triggers";

test("changes of an agent are asked about before a link, the palette or the back button loses them, and not once they are saved", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/agents");
  await page.getByRole("link", { name: "New agent" }).click();
  await page.getByLabel("Name", { exact: true }).fill(`Una ${randomUUID().slice(0, 8)}`);
  await page.getByLabel("Role", { exact: true }).fill("Answer briefly.");
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);
  const agent = page.url();
  const description = page.getByLabel("Description");
  const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
  const knowledge = page
    .getByRole("navigation", { name: "Sections" })
    .getByRole("link", { name: "Knowledge" });

  await description.fill("Not saved yet.");
  await knowledge.click();
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(description).toHaveValue("Not saved yet.");
  await expect(knowledge).toBeFocused();

  await page.getByRole("button", { name: /Go to/ }).click();
  await page.getByRole("option", { name: "Billing", exact: true }).click();
  await expect(question).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(question).toBeHidden();

  // As the button does; Playwright's own way back waits for a page that does not come.
  await page.evaluate(() => history.back());
  await expect(question).toBeVisible();
  expect(page.url()).toBe(agent);
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(page).not.toHaveURL(agent);

  await page.goto(agent);
  await expect(description).toHaveValue("");
  await description.fill("Kept.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Now version 2")).toBeVisible();
  await knowledge.click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
});

test("the back button asks also in a browser that tells of it only afterwards", async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(window, "navigation"));
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/agents");
  await page.getByRole("link", { name: "New agent" }).click();
  const name = page.getByLabel("Name", { exact: true });
  const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
  await name.fill("Not saved yet.");

  await page.evaluate(() => history.back());
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(question).toBeHidden();
  await expect(name).toHaveValue("Not saved yet.");
  await expect(page).toHaveURL(/\/app\/agents\/new$/);

  await page.evaluate(() => history.back());
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(page).toHaveURL(/\/app\/agents$/);
  await expect(page.getByRole("link", { name: "New agent" })).toBeVisible();
  await page.evaluate(() => history.forward());
  await expect(name).toHaveValue("");
});

test("a dialog with something typed asks before it closes, and one without does not", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/billing/caps");
  const opener = page.getByRole("button", { name: "Set a cap" });
  const dialog = page.getByRole("dialog", { name: "Set a cap" });
  const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
  const amount = page.getByLabel("At most, in dollars");
  await opener.click();
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(question).toBeHidden();

  await opener.click();
  await amount.fill("7.50");
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeVisible();
  await expect(amount).toHaveValue("7.50");
  await dialog.getByRole("button", { name: "Close" }).click();
  await question.getByRole("button", { name: "Discard changes" }).click();
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

/** Keeps what is sent from now on from arriving; the answer lets it go. */
async function holdAnswers(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/app/api-keys", async (route) => {
    if (route.request().method() === "POST") await released;
    await route.continue();
  });
  return release;
}

/** Dialogs with forms of their own: where each is, what opens it, and a field of it. */
const DIALOGS = [
  { path: "/app/api-keys", opener: "New key", field: "Name" },
  { path: "/app/credentials", opener: "New credential", field: "Name" },
  { path: "/app/team", opener: "Invite", field: "E-mail" },
  { path: "/app/workflows", opener: "New workflow", field: "Name" },
  { path: "/app/settings/webhooks", opener: "New endpoint", field: "Address" },
] as const;

test("each dialog in which something was typed asks, also its choices, and not once it was sent", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const dialog = page.getByRole("dialog");
  const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
  for (const { path, opener, field } of DIALOGS) {
    await test.step(opener, async () => {
      await page.goto(path);
      await page.getByRole("button", { name: opener, exact: true }).first().click();
      await dialog.getByLabel(field, { exact: true }).fill("not sent");
      await page.keyboard.press("Escape");
      await question.getByRole("button", { name: "Cancel" }).click();
      await expect(dialog.getByLabel(field, { exact: true })).toHaveValue("not sent");
      await dialog.getByLabel(field, { exact: true }).fill("");
      await page.keyboard.press("Escape");
      await expect(dialog).toBeHidden();
    });
  }

  await test.step("a key that is shown this once stays until it is closed on purpose, without a question", async () => {
    await page.goto("/app/api-keys");
    await page.getByRole("button", { name: "New key" }).click();
    await dialog.getByLabel("Name").fill(`Unsaved ${randomUUID().slice(0, 8)}`);
    await dialog.getByLabel("List agents").click();
    const answer = await holdAnswers(page);
    await dialog.getByRole("button", { name: "Create key" }).click();
    await page.keyboard.press("Escape");
    await expect(question).toBeVisible();
    answer();
    await expect(page.getByTestId("new-api-key")).toBeVisible();
    await expect(question).toBeHidden();
    await page.keyboard.press("Escape");
    await page.mouse.click(5, 5);
    await expect(page.getByTestId("new-api-key")).toBeVisible();
    await dialog.getByRole("button", { name: "Close" }).click();
    await expect(dialog).toBeHidden();
    await expect(question).toBeHidden();
  });

  await test.step("a new workflow and a new name for it", async () => {
    await page.goto("/app/workflows");
    await page.getByRole("button", { name: "New workflow" }).click();
    const name = `Unsaved ${randomUUID().slice(0, 8)}`;
    await dialog.getByLabel("Name").fill(name);
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
    await page.goto("/app/workflows");
    await page.getByRole("button", { name: `More for ${name}` }).click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await dialog.getByLabel("What it is for").fill("Trying");
    await page.mouse.click(5, 5);
    await question.getByRole("button", { name: "Discard changes" }).click();
    await expect(dialog).toBeHidden();
  });
});

test("the name of a workspace, one’s own, and how a webhook fills the fields are asked about, and not once they are saved", async ({
  page,
  api,
}) => {
  await signIn(page, "tenantAdmin");
  const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
  const leave = page.getByRole("link", { name: "Knowledge" }).first();
  for (const [path, label] of [
    ["/app/settings", "Workspace name"],
    ["/account", "Your name"],
  ] as const) {
    await visit(page, path);
    const name = page.getByLabel(label, { exact: true });
    await name.fill("Not saved yet");
    const home = page.getByRole("link", { name: "HireBuddha" }).first();
    await home.click();
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(name).toHaveValue("Not saved yet");
    await home.click();
    await question.getByRole("button", { name: "Discard changes" }).click();
    await expect(page).not.toHaveURL(new RegExp(`${path}$`));
  }
  const called = `Kept ${randomUUID().slice(0, 8)}`;
  await newTrigger(page, await publishedWorkflowId(api), "webhook", called);
  await create(page, called);
  const headers = page.getByLabel("Headers that are kept");
  await headers.fill("x-shop");
  await leave.click();
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(headers).toHaveValue("x-shop");
  await page.getByRole("button", { name: "Save the fields" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await leave.click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
});

test("what was typed until the session was over is still there, and is sent once its person is signed in again", async ({
  page,
}) => {
  const account = somebody("Overnight");
  await signUp(page, account);
  await page.goto("/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Night desk");
  const role = page.getByLabel("Role", { exact: true });
  await role.fill("Answer those who write at night.");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page.getByText(/^Your session is over\. Sign in again in another tab/)).toBeVisible();
  await expect(role).toHaveValue("Answer those who write at night.");
  await enter(page, account);
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);
  await expect(role).toHaveValue("Answer those who write at night.");
});
