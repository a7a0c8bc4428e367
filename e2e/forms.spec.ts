import { expect, signIn, test, visit } from "./fixtures";
import { signUp, somebody } from "./pages";

test("what another tab saved of an agent is not overwritten, also where the page was read again since", async ({
  page,
}) => {
  await signUp(page, somebody("Twin"));
  await page.goto("/app/agents/new");
  await page.getByLabel("Name", { exact: true }).fill("Twin");
  await page.getByLabel("Role", { exact: true }).fill("Answer briefly.");
  await page.getByRole("button", { name: "Hire agent" }).click();
  await expect(page).toHaveURL(/\/app\/agents\/[0-9a-f-]{36}$/);

  const other = await page.context().newPage();
  await visit(other, new URL(page.url()).pathname);
  await other.getByLabel("Role", { exact: true }).fill("Answer in French.");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await expect(other.getByText("Now version 2")).toBeVisible();

  const role = page.getByLabel("Role", { exact: true });
  await role.fill("Answer in verse.");
  await page.getByRole("button", { name: "More for Twin" }).click();
  await page.getByRole("menuitem", { name: "Deactivate" }).click();
  await expect(page.getByText(/Somebody saved version 2 while you were editing version 1/)).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/Somebody saved version 2 of this agent while you were editing/)).toBeVisible();
  await expect(role).toHaveValue("Answer in verse.");
  await page.reload();
  await expect(role).toHaveValue("Answer in French.");
  await role.fill("Answer in French verse.");
  for (const version of [3, 4]) {
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`Now version ${version}`)).toBeVisible();
    await expect(page.getByText(/while you were editing/)).toBeHidden();
  }
});

test("prices that another tab changed are neither saved over nor scheduled unseen", async ({ page }) => {
  await signIn(page, "partner");
  await page.goto("/partner/price-book/drafts");
  await page.getByRole("button", { name: "New draft" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill(somebody("Tabs").workspaceName);
  await page.getByRole("button", { name: "Create draft" }).click();
  const node = page.getByLabel(/^Draft price of Workflow nodes/);
  await expect(node).toBeVisible();
  await node.fill("0.0191");
  await page.getByRole("button", { name: "Save prices" }).click();
  const schedule = page.getByRole("button", { name: "Schedule 1 price" });
  await expect(schedule).toBeVisible();

  const other = await page.context().newPage();
  await visit(other, new URL(page.url()).pathname);
  await other.getByLabel(/^Draft price of Workflow nodes/).fill("0.0192");
  await other.getByRole("button", { name: "Save prices" }).click();
  await expect(other.getByText("The draft is saved.", { exact: true })).toBeVisible();

  await schedule.click();
  const stale = page.getByText(/^This draft was changed after you opened this page\./);
  await expect(stale).toHaveCount(1);
  await node.fill("0.0193");
  await page.getByRole("button", { name: "Save prices" }).click();
  await expect(stale).toHaveCount(2);
  await expect(node).toHaveValue("0.0193");
  await page.reload();
  await expect(node).toHaveValue("0.0192");
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Price drafts" })).toBeVisible();
});
