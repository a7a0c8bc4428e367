import type { Page } from "@playwright/test";
import { expectHeadingsInOrder } from "./accessibility";
import { addKind, startFromNothing } from "./editing";
import { expect, signIn, test } from "./fixtures";
import { somebody } from "./pages";

const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);

test("the focus goes to a neighbour of a node that is deleted, and the headings leave out no level", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(page, somebody("Neighbours").workspaceName);
  await addKind(page, "transform");
  await page.getByRole("button", { name: "Close the panel" }).click();
  await expectHeadingsInOrder(page);

  await test.step("by its key", async () => {
    await card(page, "transform_1").focus();
    await page.keyboard.press("Enter");
    await expectHeadingsInOrder(page);
    await page.keyboard.press("Delete");
    await expect(card(page, "transform_1")).toHaveCount(0);
    await expect(card(page, "input")).toBeFocused();
  });

  await test.step("by the button of its settings", async () => {
    await addKind(page, "transform");
    await page.getByRole("button", { name: "Delete Transform" }).press("Enter");
    await expect(card(page, "transform_1")).toHaveCount(0);
    await expect(page.locator(".react-flow__node:focus")).toHaveCount(1);
  });

  await test.step("after a question", async () => {
    await addKind(page, "loop");
    await addKind(page, "loop");
    await expect(card(page, "loop_2")).toBeVisible();
    await page.getByRole("button", { name: "Close the panel" }).click();
    await card(page, "loop_1").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Delete");
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).press("Enter");
    await expect(card(page, "loop_1")).toHaveCount(0);
    await expect(page.locator(".react-flow__node:focus")).toHaveCount(1);
  });

  await test.step("of all of them, to the canvas", async () => {
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("Delete");
    await expect(page.locator(".react-flow__node")).toHaveCount(0);
    await expect(page.locator("main :focus")).toHaveCount(1);
  });
});
