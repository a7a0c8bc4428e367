import { expectAccessible } from "./accessibility";
import { addKind, openNode, renameInput, savedByAnother, startFromNothing } from "./editing";
import { expect, signIn, test } from "./fixtures";
import { connectTo, holdActions } from "./pages";

test("a node that nothing leads to is connected from its own panel, and says that it is too far inside", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "From the other end");
  await openNode(page, "Input");
  await addKind(page, "approval");
  await addKind(page, "output");
  const output = page.getByRole("region", { name: "Settings of Output 2" });
  const problems = output.getByRole("list", { name: "Problems of this node" });
  await expect(problems).toContainText("cannot be reached");
  await connectTo(output, "Approval: Rejected", "Connect from…");
  await expect(output.getByRole("button", { name: "from Approval", exact: true })).toBeVisible();
  await expect(problems).toBeHidden();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Close the panel" }).click();
  for (const name of ["Loop", "Loop 2", "Loop 3", "Loop 4", "Loop 5", "Loop 6"]) {
    await addKind(page, "loop");
    await expect(page.getByRole("region", { name: `Settings of ${name}`, exact: true })).toBeVisible();
  }
  const innermost = await openNode(page, "Loop 6");
  const deep = "“Loop 6” is inside of 5 nodes; at most 4 are allowed.";
  await expect(innermost.getByRole("list", { name: "Problems of this node" })).toContainText(deep);
  await expect(page.getByText(`Not saved. The workflow cannot be saved. ${deep}`)).toBeVisible();
});

test("what is pasted and is no nodes is answered, and the draft that is not gone on with is kept after undo too", async ({
  page,
  browser,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Either of two");
  await page.locator(".react-flow__pane").click({ position: { x: 10, y: 10 } });
  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      document.body.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
      );
    },
    JSON.stringify({ nodes: [{ name: "Webhook" }], connections: {} }),
  );
  await expect(page.getByText(/^Only nodes that were copied/)).toBeVisible();

  await savedByAnother(page, browser);
  await renameInput(page, "Mine");
  await page.getByRole("button", { name: "Compare and decide" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take theirs" }).click();
  const node = page.locator('.react-flow__node[data-id="input"]');
  await expect(node).toContainText("Theirs");
  await expect(page.getByText(/^Your draft was put aside/)).toBeVisible();

  await page.getByRole("button", { name: "Undo" }).click();
  await expect(node).toContainText("Mine");
  await expect(page.getByText(/^Their draft was put aside/)).toBeVisible();
  await expect(page.getByText(/^Your draft was put aside/)).toBeHidden();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(node).toContainText("Theirs");
  await expect(page.getByText(/^Your draft was put aside/)).toBeVisible();
});

test("what is changed just before the editor is left, or closed, is there for everybody", async ({
  page,
  browser,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Left at once");
  const editor = page.url();
  const other = await browser.newPage();
  await signIn(other, "member");
  const isSeen = (name: string) =>
    expect(async () => {
      await other.goto(editor);
      await expect(other.locator('.react-flow__node[data-id="input"]')).toContainText(name, {
        timeout: 5_000,
      });
    }).toPass({ timeout: 60_000 });

  await renameInput(page, "Before a link");
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Knowledge" }).click();
  await expect(page).toHaveURL(/\/app\/knowledge$/);
  await isSeen("Before a link");
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(":draft:")));
  await expect.poll(kept).toEqual([]);

  await page.goto(editor);
  const panel = await openNode(page, "Before a link");
  await panel.getByRole("textbox", { name: "Name" }).fill("Before the end");
  const asking = page.waitForEvent("dialog");
  await page.close({ runBeforeUnload: true });
  const question = await asking;
  await isSeen("Before the end");
  await question.accept();
  await other.close();
});

test("Save says so where somebody has saved over what is on the screen", async ({ page, browser }) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Older than saved");
  const save = page.getByRole("button", { name: "Save", exact: true });
  await save.click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Close" }).click();
  await savedByAnother(page, browser);
  await save.click();
  await page.getByRole("button", { name: "Compare and decide" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take theirs" }).click();
  await expect(page.locator('.react-flow__node[data-id="input"]')).toContainText("Theirs");
  await expect(page.getByText("Saved.", { exact: true })).toBeHidden();
});

test("a draft that somebody saved over is neither published nor run: both are compared first", async ({
  page,
  browser,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Older on the screen");
  await savedByAnother(page, browser);

  const compare = page.getByRole("button", { name: "Compare and decide" });
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await compare.click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("button", { name: "Run", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Run Older on the screen" });
  await form.getByRole("textbox", { name: "Text" }).fill("x");
  await form.getByRole("button", { name: "Run" }).click();
  await expect(form).toBeHidden();
  await expect(page.getByRole("region", { name: "Run", exact: true })).toBeHidden();
  await compare.click();
  await page.getByRole("dialog").getByRole("button", { name: "Take theirs" }).click();
  await expect(page.locator('.react-flow__node[data-id="input"]')).toContainText("Theirs");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(form.getByRole("textbox", { name: "Text" })).toHaveValue("x");
  await form.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("region", { name: "Run", exact: true })).toContainText("Completed");
  // What each node took and cost is readable on its card.
  const facts = page.locator(".react-flow__node [data-status] .tabular");
  await expect(facts).toHaveText([/ · \$/, / · \$/]);
  const isCut = (all: Element[]) => all.map((one) => one.scrollWidth > one.clientWidth);
  expect(await facts.evaluateAll(isCut)).toEqual([false, false]);
});

test("who removes a row of a form without a mouse stays in the form, and the node stays too", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Rows by keys");
  await addKind(page, "classify");
  const settings = page.getByRole("region", { name: "Settings of Classify" });
  await settings.getByRole("button", { name: "Remove Category 2" }).press("Enter");
  await expect(settings.getByRole("button", { name: "Remove Category 2" })).toHaveCount(0);
  await expect(settings.locator(":focus")).toHaveCount(1);
  await page.keyboard.press("Delete");
  await expect(page.locator(".react-flow__node")).toHaveCount(3);
});

test("who runs a node by keys stays at its button, and a press on another node meanwhile is answered", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Parts by keys");
  await addKind(page, "transform");
  const settings = page.getByRole("region", { name: "Settings of Transform" });
  await settings.getByRole("tab", { name: "Test" }).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  const end = await holdActions(page);
  const run = settings.getByRole("button", { name: "Run this node" });
  await run.press("Enter");
  await expect(run).toHaveAttribute("aria-busy", "true");
  await expect(run).toBeFocused();
  const output = await openNode(page, "Output");
  await output.getByRole("tab", { name: "Test" }).click();
  await output.getByRole("button", { name: "Run from here" }).click();
  await expect(page.getByText(/^The run before is just being started/)).toBeVisible();
  end();
});
