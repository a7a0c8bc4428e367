import type { Page } from "@playwright/test";
import { renameInput, savedByAnother, startFromNothing } from "./editing";
import { expect, signIn, test } from "./fixtures";
import { somebody } from "./pages";

const SCRIPTS = "**/_next/static/**/*.js";

/** From the first script on, those that hold a text do not come. */
async function loseScriptsWith(page: Page, text: string): Promise<void> {
  await page.route(SCRIPTS, async (route) => {
    const response = await route.fetch();
    if ((await response.text()).includes(text)) await route.abort();
    else await route.fulfill({ response });
  });
}

test("a page stays when the scripts of its commands do not come, and says what became of them", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await loseScriptsWith(page, "System theme");
  await page.goto("/app/agents/new");
  const name = page.getByLabel("Name", { exact: true });
  const menu = page.getByRole("button", { name: /(Narrow|Widen) menu/ });
  // The page hears its keys by now; those of the commands come with them alone.
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+b");
    await expect(menu).toHaveAttribute("aria-expanded", "false", { timeout: 500 });
  }).toPass();
  await name.fill("Not saved yet");
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByText("The commands could not be loaded. Try again.", { exact: true })).toBeVisible();
  await expect(name).toHaveValue("Not saved yet");
  await page.unroute(SCRIPTS);
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog", { name: "Commands" }).getByRole("combobox")).toBeFocused();
});

test("a page stays when the scripts of its chart do not come, with the figures in a table", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await loseScriptsWith(page, "recharts-bar");
  await page.goto("/app/usage");
  await expect(page.getByText("The chart could not be loaded.").first()).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "Usage" })).toBeVisible();
  await page.getByText("Show as a table").first().click();
  await expect(page.getByRole("table").first()).toBeVisible();
});

test("the editor stays when the scripts that compare two drafts do not come", async ({ page, browser }) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, somebody("Lost").workspaceName);
  await page.route(SCRIPTS, (route) => route.abort());
  await savedByAnother(page, browser);
  await renameInput(page, "Mine");
  await page.getByRole("button", { name: "Compare and decide" }).click();
  await expect(
    page.getByText("The comparison could not be loaded. Try again.", { exact: true }),
  ).toBeVisible();
  await expect(page.locator(".react-flow__node").filter({ hasText: "Mine" })).toBeVisible();
  await page.unroute(SCRIPTS);
  await page.getByRole("button", { name: "Compare and decide" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Save mine over it" })).toBeEnabled();
});
