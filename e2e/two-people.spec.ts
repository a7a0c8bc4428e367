import { demo } from "./demo";
import { renameInput, startFromNothing } from "./editing";
import { enter, expect, signIn, test } from "./fixtures";
import { signUp, somebody } from "./pages";

test("a page does nothing for who has signed in since, in another tab, as somebody else", async ({
  page,
  context,
}) => {
  const [first, second] = [somebody("Erna"), somebody("Otto")];
  await signUp(page, first);
  await page.goto("/app/team");
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(`for.${first.email}`);

  const cards = await context.newPage();
  await cards.goto("/app/billing/methods");
  const add = cards.getByRole("button", { name: "Add a card" });
  await expect(add).toBeVisible();

  const other = await context.newPage();
  await signUp(other, second);
  await other.goto("/app/team");
  await expect(other.getByText(second.email)).toBeVisible();

  await dialog.getByRole("button", { name: "Send invitation" }).click();
  const refusal = dialog.getByText(/^Nothing was done: this page was opened as somebody else/);
  await expect(refusal.or(page.getByText("The invitation is on its way."))).toBeVisible();
  await expect(refusal).toContainText(second.email);
  await other.reload();
  await expect(other.getByText(second.email)).toBeVisible();
  await expect(other.getByText(`for.${first.email}`)).toHaveCount(0);

  await add.click();
  await expect(cards.getByText(/^Nothing was done: this page was opened as somebody else/)).toBeVisible();
});

test("a document is not added for who has signed in since, and lands nowhere", async ({ page, context }) => {
  const [first, second] = [somebody("Lena"), somebody("Hugo")];
  await signUp(page, first);
  await page.goto("/app/knowledge");
  await expect(page.getByRole("region", { name: "Add documents" })).toBeVisible();

  const other = await context.newPage();
  await signUp(other, second);
  await page.getByLabel("Files to add").setInputFiles({
    name: "salaries.md",
    mimeType: "text/markdown",
    buffer: Buffer.from("# Salaries\n\nTen."),
  });
  const added = page.getByRole("list", { name: "Files being added" });
  await expect(added).toContainText("Nothing was done: this page was opened as somebody else");
  await expect(added).toContainText(second.email);
  await other.goto("/app/knowledge");
  await expect(other.getByRole("region", { name: "Add documents" })).toBeVisible();
  await expect(other.getByText("salaries.md")).toHaveCount(0);

  await enter(other, first);
  await page.reload();
  await expect(page.getByRole("region", { name: "Add documents" })).toBeVisible();
  await expect(page.getByText("salaries.md")).toHaveCount(0);
});

test("a draft waits while somebody else is signed in, and is saved once its person is again", async ({
  page,
  context,
}) => {
  const [first, second] = [somebody("Rita"), somebody("Karl")];
  await signUp(page, first);
  await startFromNothing(page, "Whose draft");
  const other = await context.newPage();
  await signUp(other, second);
  await renameInput(page, "Mine");
  await expect(
    page.getByText(/^Not saved\. Nothing was done: this page was opened as somebody else/),
  ).toBeVisible();
  await enter(other, first);
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
});

test("an agent is not asked for who has signed in since, and the question stays", async ({ page }) => {
  await signIn(page, "tenantAdmin");
  await page.goto("/app/agents");
  await page.getByRole("link", { name: "Theo, assortment" }).click();
  const box = page.getByRole("textbox", { name: "Message to Theo, assortment" });
  await box.fill("Whose question is this?");
  await signIn(page, "member");
  await box.press("Enter");
  const refusal = page.getByText(/Nothing was done: this page was opened as somebody else/);
  await expect(refusal).toContainText(demo().users.member.email);
  await expect(box).toHaveValue("Whose question is this?");
});
