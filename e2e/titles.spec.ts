import { expect, signIn, test } from "./fixtures";

test("a page is titled by what is on it, and a console's overview by its console", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  for (const path of ["/app/agents", "/app/workflows", "/app/knowledge", "/app/runs"]) {
    await page.goto(path);
    await expect(page.getByRole("table")).toBeVisible();
    await page.getByRole("main").locator(`table a[href^="${path}/"]`).first().click();
    await expect(page).toHaveURL(new RegExp(`${path}/[0-9a-f-]{36}`));
    const heading = page.getByRole("heading", { level: 1 });
    // A page that was gone to by a link gets its title behind its content.
    await expect
      .poll(async () => (await page.title()).includes((await heading.textContent())?.trim() || "nothing"))
      .toBe(true);
  }
  await signIn(page, "partner");
  await page.goto("/partner");
  await expect(page).toHaveTitle("Overview · Partner · HireBuddha");
  await signIn(page, "appAdmin");
  await page.goto("/admin");
  await expect(page).toHaveTitle("Overview · Admin · HireBuddha");
});
