import { expect, signIn, test } from "./fixtures";

test("a page is printed in the ink of the light theme, without what surrounds it", async ({ page }) => {
  const ink = () => page.evaluate(() => getComputedStyle(document.body).color);
  await page.emulateMedia({ colorScheme: "light" });
  await signIn(page, "tenantAdmin");
  await page.goto("/app/billing");
  await page.getByRole("link", { name: /^HB-/ }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice / })).toBeVisible();
  const light = await ink();
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(ink).not.toBe(light);

  await page.emulateMedia({ colorScheme: "dark", media: "print" });
  await expect.poll(ink).toBe(light);
  await expect(page.getByRole("navigation", { name: "Sections" })).toBeHidden();
  await expect(page.getByRole("banner").first()).toBeHidden();
  await expect(page.getByRole("heading", { level: 1, name: /^Invoice / })).toBeVisible();
});
