import { Caller } from "./caller";
import { enter, expect, test } from "./fixtures";
import { mailedPath, ownNetwork, signUp, somebody } from "./pages";

test("a link from mail that is used while somebody else is signed in says whose it was, and who stays signed in", async ({
  page,
  browser,
  baseURL,
}) => {
  const [reader, newcomer] = [somebody("Nora"), somebody("Timo")];
  await signUp(page, reader);
  const elsewhere = await browser.newPage();
  const caller = new Caller("newcomer", elsewhere.request, baseURL ?? "");
  await caller.must("signUpAction", newcomer, { "x-forwarded-for": ownNetwork() });

  await test.step("to confirm an address", async () => {
    await page.goto(await mailedPath(page, newcomer.email, "verify-email"));
    await expect(page.getByText(`You are signed in as ${reader.email}.`)).toBeVisible();
    await page.getByRole("button", { name: "Confirm e-mail address" }).click();
    await expect(page).toHaveURL(/\/app$/);
    await expect(
      page.getByText(`${newcomer.email} is confirmed. You are still signed in as ${reader.email}.`, {
        exact: true,
      }),
    ).toBeVisible();
  });

  await test.step("to choose a new password", async () => {
    await caller.must("forgotPasswordAction", { email: newcomer.email });
    await page.goto(await mailedPath(page, newcomer.email, "reset-password"));
    await expect(page.getByText(`You are signed in as ${reader.email}.`)).toBeVisible();
    const password = `${newcomer.password}-new`;
    await page.getByLabel("New password").fill(password);
    await page.getByRole("button", { name: "Set new password" }).click();
    await expect(page).toHaveURL(/\/app$/);
    await expect(
      page.getByText(
        `The new password for ${newcomer.email} is set. You are still signed in as ${reader.email}.`,
        { exact: true },
      ),
    ).toBeVisible();
    await enter(elsewhere, { email: newcomer.email, password });
    await elsewhere.goto("/account");
    await expect(elsewhere.getByText(newcomer.email).first()).toBeVisible();
  });
});
