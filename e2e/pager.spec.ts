import { Caller } from "./caller";
import { expect, test } from "./fixtures";
import { signUp, somebody } from "./pages";

test("which page of a list is there is said to who cannot see it change", async ({ page, baseURL }) => {
  await signUp(page, somebody("Paula"));
  const caller = new Caller("owner", page.request, baseURL ?? "");
  for (const name of ["One", "Two", "Three", "Four", "Five"]) {
    await caller.must("createWorkflowAction", { name, template: "blank" });
  }
  await page.goto("/app/workflows?limit=2");
  const said = page.getByRole("navigation", { name: "Pages" }).locator("[aria-live=polite]");
  await expect(said).toHaveText("");
  // Only what was there before is heard when it changes.
  const region = await said.elementHandle();
  const next = page.getByRole("link", { name: "Next page" });
  await next.focus();
  await next.press("Enter");
  await expect(said).toHaveText("Page 2");
  await next.press("Enter");
  await expect(said).toHaveText("Page 3, the last one");
  const third = page.url();
  await page.getByRole("link", { name: "First page" }).press("Enter");
  await expect(said).toHaveText("Page 1");
  expect(await region?.evaluate((element) => element.isConnected)).toBe(true);

  await page.goto(third);
  await expect(page.getByRole("link", { name: "First page" })).toBeVisible();
  await expect(said).toHaveText("");
});
