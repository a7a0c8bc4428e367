import type { Page } from "@playwright/test";
import { askingGraph } from "./asking";
import { Caller } from "./caller";
import { renameInput, startFromNothing } from "./editing";
import { enter, expect, signIn, test } from "./fixtures";
import { type Account, signUp, somebody } from "./pages";

/** A run that asks a person. @returns the address of the question */
async function askedQuestion(page: Page, account: Account): Promise<string> {
  await signUp(page, account);
  const asker = new Caller("asker", page.request, process.env.E2E_BASE_URL ?? "");
  const workflowId = await asker.publish("Asks", askingGraph());
  await asker.must("startWorkflowRunAction", { workflowId, input: { text: "x" } });
  const link = page.getByRole("link", { name: "Go on?" });
  await expect(async () => {
    await page.goto("/app/approvals");
    await expect(link).toBeVisible({ timeout: 1_000 });
  }).toPass();
  return (await link.getAttribute("href")) ?? "";
}

test("what was typed beside a question is still there for who comes back to its tab once the session is over", async ({
  page,
}) => {
  const account = somebody("Returner");
  await page.goto(await askedQuestion(page, account));
  const comment = page.getByLabel("Comment");
  await comment.fill("Half of it, with the crates from");
  await page.context().clearCookies();
  // As when somebody comes back to a tab.
  const asked = page.waitForResponse((response) => response.request().method() === "HEAD");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await asked;
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText(/^Your session is over\. Sign in again in another tab/)).toBeVisible();
  await expect(comment).toHaveValue("Half of it, with the crates from");
  await enter(page, account);
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByText(`${account.fullName} approved this`)).toBeVisible();
});

test("who asks an agent once the session is over is told so as everywhere, and the question stays", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents");
  await page.getByRole("link", { name: "Theo, assortment" }).click();
  const box = page.getByRole("textbox", { name: "Message to Theo, assortment" });
  await box.fill("Is there rye bread?");
  await page.context().clearCookies();
  await box.press("Enter");
  await expect(page.getByText(/^Your session is over\. Sign in again in another tab/)).toBeVisible();
  await expect(box).toHaveValue("Is there rye bread?");
});

test("what was drawn of a workflow that somebody deletes meanwhile is carried into another one", async ({
  page,
}) => {
  await signUp(page, somebody("Drawer"));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await startFromNothing(page, "Deleted meanwhile");
  const deleter = new Caller("deleter", page.request, process.env.E2E_BASE_URL ?? "");
  await deleter.must("deleteWorkflowAction", { workflowId: page.url().split("/").at(-1) });
  await renameInput(page, "Drawn");
  await expect(
    page.getByText(/^Not saved\. Somebody deleted this workflow\. To keep what you see/),
  ).toBeVisible();
  await page.locator(".react-flow__pane").click({ position: { x: 10, y: 10 } });
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("ControlOrMeta+c");

  await page.getByRole("link", { name: "All workflows" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Workflows" })).toBeVisible();
  await startFromNothing(page, "Another one");
  const drawn = page.locator(".react-flow__node").filter({ hasText: "Drawn" });
  await expect(drawn).toHaveCount(0);
  await page.locator(".react-flow__pane").click({ position: { x: 10, y: 10 } });
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Delete");
  await page.keyboard.press("ControlOrMeta+v");
  await expect(drawn).toBeVisible();
});
