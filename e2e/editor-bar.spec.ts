import { addKind, startFromNothing } from "./editing";
import { expect, signIn, test, visit } from "./fixtures";

test("the bar of a workflow with a long name and many problems keeps together, on a phone too", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await startFromNothing(
    page,
    "All that is done with an order before it is packed, and with what comes back of it",
  );
  // The editor has the room of the menu, until somebody widens that.
  await expect(page.getByRole("button", { name: "Widen menu" })).toBeVisible();
  await addKind(page, "classify");
  // The settings are longer than the window: they scroll, and never the page under its bar.
  await expect(page.getByRole("region", { name: "Settings of Classify" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight)).toBe(0);
  await page.getByRole("button", { name: "Close the panel" }).click();
  await page.locator(".react-flow__pane").click({ position: { x: 10, y: 10 } });
  for (const nodes of [5, 9, 17, 33, 65, 129]) {
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("ControlOrMeta+d");
    await expect(page.locator(".react-flow__node")).toHaveCount(nodes);
  }
  await expect(page.getByRole("button", { name: /^\d{3} problems$/ })).toBeVisible();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  for (const width of [1280, 380]) {
    await page.setViewportSize({ width, height: 800 });
    const back = await page.getByRole("link", { name: "All workflows" }).boundingBox();
    const name = await page.getByRole("heading", { level: 1 }).boundingBox();
    expect(name?.y).toBeLessThan((back?.y ?? 0) + (back?.height ?? 0));
    await expect(page.getByRole("button", { name: "Run", exact: true })).toBeInViewport({ ratio: 1 });
  }
});

test("a dialog says what went wrong under its title, where no button stands over it", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/workflows");
  await expect(page.getByRole("button", { name: "Narrow menu" })).toBeVisible();
  await page.getByRole("button", { name: "New workflow" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New workflow" });
  await dialog.getByRole("button", { name: "Create" }).click();
  const problem = dialog.locator("[data-form-error]");
  await expect(problem).toBeVisible();
  const title = await dialog.getByRole("heading", { name: "New workflow" }).boundingBox();
  expect((await problem.boundingBox())?.y).toBeGreaterThan((title?.y ?? 0) + (title?.height ?? 0));
});
