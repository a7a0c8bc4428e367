import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, somebody } from "./pages";

test("a node is put into a connection with the mouse or the keys, and a phone says what can be done there", async ({
  page,
}) => {
  await signIn(page, "tenantAdmin");
  await visit(page, "/app/workflows");
  await page.getByRole("button", { name: "New workflow" }).first().click();
  await page.getByRole("dialog").getByLabel("Name").fill(somebody("between").workspaceName);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/app\/workflows\/[0-9a-f-]{36}$/);
  const search = page.getByRole("searchbox", { name: "Search nodes" });

  await page.getByRole("button", { name: "Put a node into the connection from Input to Output" }).click();
  await expect(search).toBeFocused();
  await expect(page.getByText("Choose what goes between “Input” and “Output”.")).toBeVisible();
  await page.keyboard.type("transform");
  await page.keyboard.press("Enter");
  const first = page.getByRole("region", { name: "Settings of Transform", exact: true });
  await expect(first.getByRole("button", { name: "from Input", exact: true })).toBeVisible();
  await expect(first.getByRole("button", { name: "to Output", exact: true })).toBeVisible();

  await first.getByRole("button", { name: "Put a node before Output" }).focus();
  await page.keyboard.press("Enter");
  await expect(search).toBeFocused();
  await page.keyboard.type("transform");
  await page.keyboard.press("Enter");
  const second = page.getByRole("region", { name: "Settings of Transform 2" });
  await expect(second.getByRole("button", { name: "from Transform", exact: true })).toBeVisible();
  await expect(second.getByRole("button", { name: "to Output", exact: true })).toBeVisible();
  await expectAccessible(page);
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Close the panel" }).click();

  const hint = page.getByText("To change or publish this workflow, open it in a wider window");
  await expect(hint).toBeHidden();
  await page.setViewportSize({ width: 380, height: 800 });
  await expect(hint).toBeVisible();
  await expect(page.getByRole("button", { name: /^Put a node/ })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Publish" })).toHaveCount(0);
  await expectNoSideScroll(page);
  await expectAccessible(page);
});
