import type { Locator } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";

const styleOf = (part: Locator, name: string) =>
  part.evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), name);

test("with the colours of the system one sees which tab is open, and what is a button", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await signIn(page, "tenantAdmin");
  await page.goto("/app/approvals");
  const open = page.getByRole("link", { name: "For you", exact: true });
  await expect(open).toHaveAttribute("aria-current", /.+/);
  const line = await styleOf(open, "border-bottom-color");
  expect(await styleOf(page.getByRole("link", { name: "All open" }), "border-bottom-color")).not.toBe(line);
  await page.goto("/app/notifications/preferences");
  const save = page.getByRole("button", { name: "Save", exact: true });
  expect(await styleOf(save, "border-top-style")).toBe("solid");
  expect(await styleOf(save, "border-top-width")).toBe("1px");
});
