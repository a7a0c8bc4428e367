import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { LONG_RUN_ID, LONG_RUN_STEPS } from "./long-run";
import { expectNoSideScroll } from "./pages";

test("the trace of a run of 5,000 steps opens, scrolls, and shows any of them", async ({ page }) => {
  await signIn(page, "member");
  await visit(page, `/app/runs/${LONG_RUN_ID}`);
  await expect(page.getByText("5,000 of 5,000")).toBeVisible();
  const tree = page.getByRole("tree", { name: "Steps of the run" });
  const step = (index: number) => tree.getByRole("treeitem", { name: new RegExp(`^Step ${index}\\b`) });
  // A run that has ended opens at its last step.
  await expect(step(LONG_RUN_STEPS - 1)).toHaveAttribute("aria-selected", "true");

  await tree.hover();
  await page.mouse.wheel(0, -(await tree.evaluate((list) => list.scrollHeight)) / 2);
  await expect(step(LONG_RUN_STEPS / 2)).toBeVisible();
  await expect(step(LONG_RUN_STEPS - 1)).toHaveCount(0);
  expect(await tree.getByRole("treeitem").count()).toBeLessThan(200);

  await tree.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  await expect(step(0)).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("heading", { level: 2, name: "Step 0", exact: true })).toBeVisible();
  await expectAccessible(page);
  await page.reload();
  await expect(step(0)).toHaveAttribute("aria-selected", "true");

  await page.setViewportSize({ width: 380, height: 900 });
  await expectNoSideScroll(page);
});
