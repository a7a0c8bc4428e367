import { expect, test } from "./fixtures";
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
