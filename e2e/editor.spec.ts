import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { addKind, openNode, renameInput, savedByAnother, startFromNothing, write } from "./editing";
import { expect, signIn, test } from "./fixtures";
import { connectTo, expectNoSideScroll } from "./pages";

test.describe.configure({ mode: "serial" });

test("a workflow with a map, a switch and a note is built, kept as it is, and run", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Sort the lines");
  await addMapWithBody(page);
  await addSwitch(page);
  await addNote(page);
  await moveInAndOut(page);
  await readResult(page);
  await expect(page.getByRole("button", { name: "Ready" })).toBeVisible();
  await expectAccessible(page);

  const before = await drawn(page);
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.locator(".react-flow__node")).toHaveCount(Object.keys(before).length);
  await expect.poll(() => drawn(page)).toEqual(before);
  for (const node of await page.locator(".react-flow__node").all())
    await expect(node).toBeInViewport({ ratio: 0.99 });

  await page.getByRole("button", { name: "Run", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Run Sort the lines" });
  await form.getByRole("textbox", { name: "Text" }).fill("pear,apple,plum");
  await form.getByRole("button", { name: "Run" }).click();
  const run = page.getByRole("region", { name: "Run", exact: true });
  await expect(run).toContainText("Completed");
  await openNode(page, "Output");
  await expect(page.getByRole("region", { name: "In this run" })).toContainText("<PEAR> <APPLE> <PLUM> many");

  await page.getByRole("button", { name: "Close the panel" }).click();
  await page.getByRole("button", { name: "Put the run away" }).click();
  await page.setViewportSize({ width: 380, height: 800 });
  await page.emulateMedia({ colorScheme: "dark" });
  await expectNoSideScroll(page);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await form.getByRole("textbox", { name: "Text" }).fill("fig");
  await expectAccessible(page);
  await form.getByRole("button", { name: "Run" }).click();
  await expect(run).toContainText("Completed");
  await expectAccessible(page);
});

test("two people change one workflow: both drafts are seen, and neither is lost", async ({
  page,
  browser,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Two at once");
  await savedByAnother(page, browser);

  await renameInput(page, "Mine");
  await page.getByRole("button", { name: "Compare and decide" }).click();
  const dialog = page.getByRole("dialog", { name: "Two drafts of Two at once" });
  await expect(dialog.getByRole("region", { name: "Differences" })).toContainText("Was called “Theirs”");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  const node = page.locator('.react-flow__node[data-id="input"]');
  await expect(node).toContainText("Theirs");
  await page.getByRole("button", { name: "Bring it back" }).click();
  await expect(node).toContainText("Mine");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
});

test("what cannot be saved is said in the bar and among the problems, and a note that is too long at its field", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Long words");
  await openNode(page, "Input");
  const name = page.getByRole("region", { name: /^Settings of/ }).getByLabel("Name", { exact: true });
  await name.fill("n".repeat(121));
  await expect(page.getByText(/^Not saved\. .*A name has at most 120 characters\.$/)).toBeVisible();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(
    page.getByRole("dialog").getByRole("button", { name: /at most 120 characters/ }),
  ).toBeVisible();
  await page.keyboard.press("Escape");
  await name.fill("Asked");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Publish" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish Long words" });
  const note = dialog.getByLabel("What changed");
  await note.fill("x".repeat(501));
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(note).toHaveAccessibleDescription("At most 500 characters.");
  await note.fill("Asked for more.");
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(dialog).toBeHidden();
});

test("what was published last is compared, and an older version comes back as the draft", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, "Three versions");
  const publish = async (version: number) => {
    await page.getByRole("button", { name: "Publish" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
    await expect(page.getByText(`Version ${version}`, { exact: true })).toBeVisible();
  };
  await publish(1);
  await renameInput(page, "Second");
  await publish(2);
  await page.getByRole("link", { name: "Versions" }).click();
  const compared = page.getByRole("region", { name: "Compare" });
  await expect(compared.getByLabel("To").locator("option:checked")).toHaveText(/Version 2/);
  await expect(compared).toContainText("Was called “Input”");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Restore version 1" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Restore as draft" }).click();
  await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
  await expect(page.locator('.react-flow__node[data-id="input"]')).toContainText("Input");
  await expect(page.getByText("Version 2 + changes")).toBeVisible();
  await page.getByRole("link", { name: "Versions" }).click();
  await expect(compared.getByLabel("To").locator("option:checked")).toHaveText(/The draft/);
  await expect(compared).toContainText("Was called “Second”");
});

async function addMapWithBody(page: Page): Promise<void> {
  await openNode(page, "Input");
  await addKind(page, "For each");
  const map = page.getByRole("region", { name: "Settings of For each" });
  await write(map.getByRole("textbox", { name: "List" }), 'input.text.split(",")');

  await page.getByRole("button", { name: "Add what runs inside" }).click();
  await addKind(page, "transform");
  await write(page.getByRole("textbox", { name: "Value" }), "{{ item | upcase }}");
  await addKind(page, "transform");
  const second = page.getByRole("region", { name: "Settings of Transform 2" });
  await expect(second.getByRole("button", { name: "from Transform", exact: true })).toBeVisible();
  await write(second.getByRole("textbox", { name: "Value" }), "<{{ transform_1.text }}>");
  await expect(second.getByRole("combobox", { name: "Inside of" })).toHaveValue("map_1");
}

async function addSwitch(page: Page): Promise<void> {
  const map = await openNode(page, "For each");
  await write(map.getByRole("textbox", { name: "Result of an item" }), "{{ transform_2.text }}");
  await page.getByRole("button", { name: "Close the panel" }).click();
  await addKind(page, "switch");
  const node = page.getByRole("region", { name: "Settings of Switch" });
  await node.getByRole("button", { name: "Add case" }).click();
  await node.getByRole("textbox", { name: "Label" }).nth(0).fill("Many");
  await node.getByRole("textbox", { name: "Key" }).nth(0).fill("many");
  await node.getByRole("textbox", { name: "Label" }).nth(1).fill("A few");
  await node.getByRole("textbox", { name: "Key" }).nth(1).press("Tab");
  await expect(node.getByRole("textbox", { name: "Key" }).nth(1)).toHaveValue("a_few");
  await write(node.getByRole("textbox", { name: "Holds when" }).nth(0), "map_1.count > 2");
  await write(node.getByRole("textbox", { name: "Holds when" }).nth(1), "map_1.count > 0");
  for (const port of ["Many", "A few", "Else"]) await connectTo(node, "Output", `Connect ${port} to…`);
  const again = await openNode(page, "For each");
  await connectTo(again, "Switch");
}

async function addNote(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Close the panel" }).click();
  await addKind(page, "note");
  const note = page.getByRole("region", { name: "Settings of Note" });
  await note.getByRole("textbox", { name: "Text" }).fill("Ask Clara before changing the cases.");
  await note.getByRole("combobox", { name: "Colour" }).selectOption("blue");
  await expect(page.locator(".workflow-note")).toHaveText("Ask Clara before changing the cases.");
  await note.getByRole("spinbutton", { name: "Width" }).press("ControlOrMeta+a");
  await page.keyboard.type("300");
  await page.keyboard.press("Tab");
  await expect(note.getByRole("spinbutton", { name: "Width" })).toHaveValue("300");
  await page.getByRole("button", { name: "Close the panel" }).click();
  // Without gliding: nothing would tell when it ends.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.getByRole("button", { name: "Tidy up" }).click();
}

/** With the pointer out of the frame and back by undo; what would cross the frame is told. */
async function moveInAndOut(page: Page): Promise<void> {
  const body = page.locator('.react-flow__node[data-id="transform_2"]');
  const frame = page.locator('.react-flow__node[data-id="map_1"]');
  await page.keyboard.press("f");
  const [from, around] = [await middleOf(body), await frame.boundingBox()];
  if (!around) throw new Error("the frame is not drawn");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, around.y + around.height + 60, { steps: 8 });
  await page.mouse.up();
  await expect(page.getByText(/would have crossed the frame/).first()).toBeVisible();
  const panel = await openNode(page, "Transform 2");
  await expect(panel.getByRole("combobox", { name: "Inside of" })).toHaveValue("");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(panel.getByRole("combobox", { name: "Inside of" })).toHaveValue("map_1");
}

async function middleOf(node: Locator): Promise<{ x: number; y: number }> {
  await expect
    .poll(async () => {
      const [one, other] = [await node.boundingBox(), await node.boundingBox()];
      return one !== null && JSON.stringify(one) === JSON.stringify(other);
    })
    .toBe(true);
  const box = await node.boundingBox();
  if (!box) throw new Error("the node is not drawn");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function readResult(page: Page): Promise<void> {
  const output = await openNode(page, "Output");
  await output.getByRole("button", { name: "Remove the connection from Input" }).click();
  await write(
    output.getByRole("textbox", { name: "Value" }),
    '{{ map_1.items | join: " " }} {{ switch_1.case }}',
  );
}

/** Where each node is drawn on the canvas, and how large. */
async function drawn(page: Page): Promise<Record<string, string>> {
  return page.locator(".react-flow__node").evaluateAll((nodes) =>
    Object.fromEntries(
      nodes.map((node) => {
        const { transform, width, height } = (node as HTMLElement).style;
        return [node.getAttribute("data-id") ?? "", `${transform} ${width} ${height}`];
      }),
    ),
  );
}
