import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";
import { signUp, somebody } from "./pages";

async function openCommands(page: Page) {
  const commands = page.getByRole("dialog", { name: "Commands" });
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+k");
    await expect(commands).toBeVisible({ timeout: 1_000 });
  }).toPass();
  return commands;
}

async function command(page: Page, name: string): Promise<void> {
  const commands = await openCommands(page);
  await commands.getByRole("combobox").fill(name);
  await commands.getByRole("option", { name, exact: true }).click();
}

test("something new is begun by a command and by an address, which the way back forgets", async ({
  page,
}) => {
  await signUp(page, somebody("Commander"));
  await page.goto("/app/usage");
  await command(page, "New workflow");
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await expect(dialog.getByLabel("Name")).toBeFocused();

  await test.step("the address opens it, also when it is read again", async () => {
    await expect(page).toHaveURL("/app/workflows?new=1");
    await page.reload();
    await expect(dialog.getByLabel("Name")).toBeFocused();
  });

  await test.step("what was typed is asked about by the way back, and stays until it may go", async () => {
    await page.goto("/app/workflows");
    await command(page, "New workflow");
    await dialog.getByLabel("Name").fill("By command");
    await page.evaluate(() => history.back());
    const question = page.getByRole("alertdialog", { name: "Discard your changes?" });
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(dialog.getByLabel("Name")).toHaveValue("By command");
  });

  await test.step("what was made is not begun again by the way back from it", async () => {
    await dialog.getByRole("button", { name: "Create" }).click();
    await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
    await page.goBack();
    await expect(page).toHaveURL("/app/workflows");
    await expect(page.getByRole("link", { name: "By command" })).toBeVisible();
    await expect(dialog).toHaveCount(0);
  });

  await test.step("what fits best is chosen first, a page or a command", async () => {
    const commands = await openCommands(page);
    const first = commands.getByRole("option").first();
    await commands.getByRole("combobox").fill("new");
    await expect(first).toHaveText("New workflow");
    await expect(first).toHaveAttribute("aria-selected", "true");
    await commands.getByRole("combobox").fill("zebra");
    await expect(commands.getByText("Nothing here goes by that name.")).toBeVisible();
    await commands.getByRole("combobox").fill("set");
    await expect(first).toHaveText("Settings");
    await expect(first).toHaveAttribute("aria-selected", "true");
    await commands.getByRole("combobox").fill("new");
    await expect(first).toHaveText("New workflow");
    await expect(first).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
    await expect(dialog.getByLabel("Name")).toBeFocused();
    await page.keyboard.press("Escape");
  });

  await test.step("a dialog that is closed leaves the address", async () => {
    await command(page, "Invite somebody");
    await expect(page.getByRole("dialog", { name: "Invite somebody" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page).toHaveURL("/app/team");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});

test("commands that make something are offered to who may do that", async ({ page }) => {
  const offered = async (path: string) => {
    await page.goto(path);
    const commands = await openCommands(page);
    return commands.getByRole("group", { name: "Do" }).getByRole("option").allTextContents();
  };
  await signIn(page, "member");
  const ofMember = await offered("/app");
  expect(ofMember).toContain("New workflow");
  expect(ofMember).not.toContain("Invite somebody");
  expect(ofMember).not.toContain("New API key");

  const dialogs = [
    { who: "tenantAdmin", name: "New API key", title: "New API key" },
    { who: "tenantAdmin", name: "New credential", title: "New credential" },
    { who: "partner", name: "Add a customer", title: "Add a customer" },
    { who: "partner", name: "Invite somebody", title: "Invite somebody into your team" },
    { who: "partner", name: "New price draft", title: "New draft" },
    { who: "appAdmin", name: "Add a partner", title: "Add a partner" },
    { who: "appAdmin", name: "Add a model", title: "Add a model" },
    { who: "appAdmin", name: "Add a plan", title: "Add a plan" },
    { who: "appAdmin", name: "New rate draft", title: "New draft" },
  ] as const;
  const homes = { tenantAdmin: "/app", partner: "/partner", appAdmin: "/admin" } as const;
  for (const { who, name, title } of dialogs) {
    await signIn(page, who);
    expect(await offered(homes[who])).toContain(name);
    await page.getByRole("option", { name, exact: true }).click();
    await expect(page.getByRole("dialog", { name: title, exact: true })).toBeVisible();
  }
});
