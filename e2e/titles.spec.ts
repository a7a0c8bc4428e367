import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";

/** Opens the first of each list, and looks for its heading in the title of its page. */
async function expectNamed(page: Page, lists: readonly string[]): Promise<void> {
  for (const path of lists) {
    await page.goto(path);
    await expect(page.getByRole("table").first()).toBeVisible();
    const first = page.getByRole("main").locator(`table a[href^="${path}/"]`).first();
    await first.click();
    await expect(page).toHaveURL(new RegExp(`${path}/[0-9a-f-]{36}`));
    await expectTitledByHeading(page);
  }
}

async function expectTitledByHeading(page: Page): Promise<void> {
  const heading = page.getByRole("heading", { level: 1 });
  // A page that was gone to by a link gets its title behind its content.
  await expect
    .poll(async () => (await page.title()).includes((await heading.textContent())?.trim() || "nothing"), {
      message: page.url(),
    })
    .toBe(true);
}

test("a page is titled by what is on it, and a console's overview by its console", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await expectNamed(page, ["/app/agents", "/app/workflows", "/app/knowledge", "/app/runs", "/app/billing"]);
  await signIn(page, "partner");
  await page.goto("/partner");
  await expect(page).toHaveTitle("Overview · Partner · HireBuddha");
  await expectNamed(page, ["/partner/customers", "/partner/payouts"]);
  await signIn(page, "appAdmin");
  await page.goto("/admin");
  await expect(page).toHaveTitle("Overview · Admin · HireBuddha");
  await expectNamed(page, ["/admin/tenants", "/admin/partners", "/admin/invoices", "/admin/payouts"]);
});
