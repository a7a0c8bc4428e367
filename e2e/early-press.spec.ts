import type { Page } from "@playwright/test";
import { expect, signIn, test } from "./fixtures";
import { holdScripts, signUp, somebody } from "./pages";

/** Opens a page whose scripts do not come before they are let go. */
async function openEarly(page: Page, path: string): Promise<() => Promise<void>> {
  const release = await holdScripts(page);
  await page.goto(path, { waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return async () => {
    release();
    await page.unrouteAll({ behavior: "wait" });
  };
}

test("a button that is pressed before the page's scripts are there does its work once they are", async ({
  page,
}) => {
  await signUp(page, somebody("Early"));

  await test.step("the form of a card, also where somebody presses twice", async () => {
    let asked = 0;
    page.on("request", (request) => {
      if (request.headers()["next-action"]) asked += 1;
    });
    const arrive = await openEarly(page, "/app/billing/methods");
    const add = page.getByRole("button", { name: "Add a card" });
    await add.click();
    await add.click();
    await arrive();
    await expect(page.getByRole("button", { name: "Cancel", exact: true })).toBeVisible();
    expect(asked).toBe(1);
  });

  await test.step("a dialog, without a mouse", async () => {
    const arrive = await openEarly(page, "/app/team");
    await page.getByRole("button", { name: "Invite", exact: true }).press("Enter");
    await arrive();
    await expect(page.getByRole("dialog").getByLabel("E-mail")).toBeVisible();
  });
});

test("of menus and tabs that are pressed before the page's scripts are there the last one opens", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  const arrive = await openEarly(page, "/app/agents");
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await page.getByRole("button", { name: /^Menu of/ }).click();
  await arrive();
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeVisible();
  await expect(page.getByRole("dialog", { name: "Notifications" })).toHaveCount(0);

  await page.keyboard.press("Escape");
  // Where there is no room for both parts of its page beside each other.
  await page.setViewportSize({ width: 1000, height: 800 });
  const agent = page.getByRole("link", { name: "Theo, assortment" });
  const arriveAgain = await openEarly(page, (await agent.getAttribute("href")) ?? "");
  const playground = page.getByRole("tab", { name: "Playground" });
  const configuration = page.getByRole("tab", { name: "Configuration" });
  const [shown, other] =
    (await playground.getAttribute("aria-selected")) === "true"
      ? [playground, configuration]
      : [configuration, playground];
  await other.click();
  await expect(shown).toHaveAttribute("aria-selected", "true");
  await arriveAgain();
  await expect(other).toHaveAttribute("aria-selected", "true");
});
