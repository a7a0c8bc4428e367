import type { Locator, Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";
import { holdScripts, signUp, somebody } from "./pages";

/** Presses a button as somebody without a mouse does. */
async function press(button: Locator): Promise<void> {
  await button.focus();
  await button.press("Enter");
}

async function confirm(page: Page, name: string): Promise<void> {
  await press(page.getByRole("alertdialog").getByRole("button", { name }));
}

/** Leaves a dialog by Escape, which it hears a moment after it is there. */
async function leave(page: Page, dialog: Locator): Promise<void> {
  await expect(async () => {
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0, { timeout: 1_000 });
  }).toPass();
}

test("the focus stays where somebody works who uses no mouse", async ({ page }) => {
  await signIn(page, "tenantAdmin");

  await test.step("on a button that is pressed, while it is under way and after", async () => {
    await page.goto("/account");
    const save = page.getByRole("button", { name: "Save" });
    await press(save);
    await expect(page.getByText("Your name is saved.", { exact: true })).toBeVisible();
    await expect(save).toBeEnabled();
    await expect(save).toBeFocused();
  });

  await test.step("near a button that is gone with its row", async () => {
    await page.goto("/app/team");
    await press(page.getByRole("button", { name: "Invite" }));
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail").fill("keyboard@brightleaf.example");
    await press(dialog.getByRole("button", { name: "Send invitation" }));
    const withdraw = page
      .locator("div")
      .filter({ hasText: "keyboard@brightleaf.example" })
      .last()
      .locator("xpath=..")
      .getByRole("button", { name: "Withdraw" });
    await press(withdraw);
    await expect(page.getByText("keyboard@brightleaf.example")).toHaveCount(0);
    await expect(page.locator("main :focus")).toHaveCount(1);
  });
});

test("the commands open for a key that was pressed before their scripts were there, however often", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const commands = page.getByRole("dialog", { name: "Commands" });
  const release = await holdScripts(page);
  await page.goto("/app/agents", { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  release();
  await expect(commands.getByRole("combobox")).toBeFocused();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(commands).toHaveCount(0);

  await page.goto("/app/agents");
  const menu = page.getByRole("button", { name: /(Narrow|Widen) menu/ });
  await expect(menu).toHaveAttribute("aria-expanded", "true");
  // The page hears its keys by now; those of the commands come with them alone.
  await expect(async () => {
    await page.keyboard.press("ControlOrMeta+b");
    await expect(menu).toHaveAttribute("aria-expanded", "false", { timeout: 500 });
  }).toPass();
  const releasePalette = await holdScripts(page);
  await page.keyboard.press("ControlOrMeta+k");
  await page.keyboard.press("ControlOrMeta+k");
  releasePalette();
  await expect(commands.getByRole("combobox")).toBeFocused();
});

test("the focus stays among the jobs when one of them is paused", async ({ page }) => {
  await signIn(page, "appAdmin");
  await page.goto("/admin/jobs");
  const idle = page.locator("details").filter({ hasText: "nothing to do" });
  await idle.locator("summary").click();
  // A job that no other journey waits for.
  const name = "purge-expired";
  const pause = idle.getByRole("button", { name: `Pause ${name}` });
  await press(pause);
  await confirm(page, "Pause");
  const resume = page.getByRole("button", { name: `Resume ${name}` });
  await expect(resume).toBeVisible();
  await expect(page.locator("main :focus")).toHaveCount(1);
  await press(resume);
  await expect(resume).toHaveCount(0);
});

test("the focus comes back from dialogs, also where what opened them is gone", async ({ page }) => {
  await signUp(page, somebody("Focus"));

  await test.step("from the one that sets a first cap, whose button moves", async () => {
    await page.goto("/app/billing/caps");
    await press(page.getByRole("button", { name: "Set a cap" }));
    const amount = page.getByRole("dialog").getByLabel("At most, in dollars");
    await amount.fill("50");
    await amount.press("Enter");
    await expect(page.getByRole("cell", { name: "Everything, a month", exact: true })).toBeVisible();
    await expect(page.locator("main :focus")).toHaveCount(1);
  });

  await test.step("from a question that is answered with no", async () => {
    const remove = page.getByRole("button", { name: "Remove" });
    await press(remove);
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await leave(page, page.getByRole("alertdialog"));
    await expect(remove).toBeFocused();
    await press(remove);
    await confirm(page, "Cancel");
    await expect(remove).toBeFocused();
  });

  await test.step("from the commands", async () => {
    const remove = page.getByRole("button", { name: "Remove" });
    await remove.focus();
    await page.keyboard.press("ControlOrMeta+k");
    const commands = page.getByRole("dialog", { name: "Commands" });
    await expect(commands.getByRole("combobox")).toBeFocused();
    await leave(page, commands);
    await expect(remove).toBeFocused();
  });

  await test.step("from a question of a menu, and near the row that a yes removes", async () => {
    await signIn(page, "tenantAdmin");
    await page.goto("/app/workflows");
    await press(page.getByRole("button", { name: "New workflow" }));
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("For the focus");
    await dialog.getByLabel("Name").press("Enter");
    await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}/);
    await page.goto("/app/workflows");
    const more = page.getByRole("button", { name: "More for For the focus" });
    const remove = page.getByRole("menuitem", { name: "Delete" });
    await press(more);
    await press(remove);
    await expect(page.getByRole("alertdialog")).toBeVisible();
    await leave(page, page.getByRole("alertdialog"));
    await expect(more).toBeFocused();
    await press(more);
    await press(remove);
    await confirm(page, "Delete workflow");
    await expect(more).toHaveCount(0);
    await expect(page.locator("main :focus")).toHaveCount(1);
  });
});

test("a workflow is built, published and run without a mouse", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/workflows");
  await press(page.getByRole("button", { name: "New workflow" }));
  const named = somebody("keys").workspaceName;
  await page.getByRole("dialog").getByLabel("Name").fill(named);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
  const search = page.getByLabel("Search nodes");
  const add = async (kind: string, more: string) => {
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
    await page.keyboard.type(kind);
    await page.keyboard.press("Enter");
    await expect(page.locator(`.react-flow__node[data-id="${more}"]`)).toBeVisible();
    await press(page.getByRole("button", { name: "Close the panel" }));
  };
  await expect(page.locator('.react-flow__node[data-id="input"]')).toBeVisible();
  await add("transform", "transform_1");
  await add("transform", "transform_2");

  const open = async (id: string) => {
    await page.locator(`.react-flow__node[data-id="${id}"]`).focus();
    await page.keyboard.press("Enter");
  };
  await open("transform_2");
  const second = page.getByRole("region", { name: "Settings of Transform 2" });
  await test.step("looking at what there is to connect to connects nothing", async () => {
    await press(second.getByRole("button", { name: "Connect to…" }));
    await expect(page.getByRole("menuitem", { name: "Output" })).toBeVisible();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await leave(page, page.getByRole("menu"));
    await expect(second.getByRole("button", { name: "Connect to…" })).toBeFocused();
    // Nor does a key that removes a node on the canvas.
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Delete");
    await expect(second.getByRole("button", { name: /Remove the connection/ })).toHaveCount(0);
  });
  const connect = async (settings: Locator, name: string) => {
    await press(settings.getByRole("button", { name: "Connect to…" }));
    await page.getByRole("menuitem", { name, exact: true }).press("Enter");
    await expect(settings.getByRole("button", { name: `Remove the connection to ${name}` })).toBeVisible();
  };
  await connect(second, "Output");
  await press(second.getByRole("button", { name: "Remove the connection to Output" }));
  await expect(second.locator(":focus")).toHaveCount(1);
  await connect(second, "Output");
  await expect(second.getByRole("textbox", { name: "Value" })).toBeVisible();
  await second.getByRole("textbox", { name: "Value" }).focus();
  await page.keyboard.type("two");
  await open("transform_1");
  const first = page.getByRole("region", { name: "Settings of Transform", exact: true });
  await first.getByRole("textbox", { name: "Value" }).focus();
  await page.keyboard.type("one");
  await connect(first, "Transform 2");
  await expect(page.getByRole("button", { name: "Ready" })).toBeVisible();

  await test.step("a question has its own keys: nothing behind it changes", async () => {
    await press(page.getByRole("button", { name: "Publish" }));
    const publish = page.getByRole("dialog", { name: `Publish ${named}` });
    await publish.getByLabel("What changed").press("ControlOrMeta+Enter");
    await expect(publish).toBeVisible();
    await publish.getByLabel("What changed").fill("Without a mouse");
    await page.keyboard.press("Enter");
    await expect(page.getByText("Version 1", { exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Publish" })).toBeFocused();
  });
  await page.keyboard.press("ControlOrMeta+Enter");
  const run = page.getByRole("dialog", { name: `Run ${named}` });
  await run.getByRole("textbox", { name: "Text" }).fill("x");
  await press(run.getByRole("button", { name: "Run" }));
  await expect(page.getByRole("region", { name: "Run", exact: true })).toContainText("Completed");
});
