import { expectAccessible } from "./accessibility";
import { expect, signInAs, test, visit } from "./fixtures";
import { mailedPath, signUp, somebody } from "./pages";

const PASSWORD = "copper lantern riverbed";
const NEW_PASSWORD = "seven violet umbrellas";

test("sign-up, confirmation, invitation, deactivation and a new password", async ({ page, browser }) => {
  const email = `owner-${Date.now()}@example.com`;
  const guestEmail = `guest-${Date.now()}@example.com`;

  await page.goto("/sign-up");
  await expectAccessible(page);
  await page.getByLabel("Your name").fill("Olive Owner");
  await page.getByLabel("Workspace").fill("Olive Ltd");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("password1234");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Your name")).toHaveValue("Olive Owner");
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page).toHaveURL(/\/verify-email$/);

  await page.goto(await mailedPath(page, email, "verify-email"));
  await expectAccessible(page);
  await page.getByRole("button", { name: "Confirm e-mail address" }).click();
  await expect(page).toHaveURL(/\/sign-in\?notice=verified$/);
  await signInAs(page, email, "not the password at all");
  await expect(page.getByText("The e-mail or the password is not right.")).toBeVisible();
  await signInAs(page, email, PASSWORD);
  await expect(page).toHaveURL(/\/app$/);

  await page.goto("/app/team");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("dialog").getByLabel("E-mail").fill(guestEmail);
  await page.getByRole("button", { name: "Send invitation" }).click();
  await expect(page.getByText(guestEmail)).toBeVisible();
  const invitation = await mailedPath(page, guestEmail, "invite");
  await page.goto(invitation);
  await expect(page.getByText(`You are signed in as ${email}.`)).toBeVisible();
  await expectAccessible(page);

  const guest = await (await browser.newContext()).newPage();
  await guest.goto(invitation);
  await expectAccessible(guest);
  await guest.getByLabel("Your name").fill("Gus Guest");
  await guest.getByLabel("Password", { exact: true }).fill(NEW_PASSWORD);
  await guest.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(guest).toHaveURL(/\/app$/);
  await guest.goto("/app/api-keys");
  await expect(guest.getByText("For admins of this workspace")).toBeVisible();

  await page.goto("/app/team");
  await page.getByRole("button", { name: "Deactivate" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByText("Deactivated")).toBeVisible();
  await guest.goto("/app/team");
  await expect(guest).toHaveURL(/\/sign-in\?next=/);

  const other = await (await browser.newContext()).newPage();
  await other.goto("/forgot-password");
  await other.getByLabel("E-mail").fill(email);
  await other.getByRole("button", { name: "Send link" }).click();
  await expect(other).toHaveURL(/sent=1$/);
  const reset = await mailedPath(other, email, "reset-password");
  await other.goto(reset);
  await expectAccessible(other);
  await other.getByLabel("New password").fill(NEW_PASSWORD);
  await other.getByRole("button", { name: "Set new password" }).click();
  await expect(other).toHaveURL(/\/sign-in\?notice=reset$/);
  await page.goto("/account");
  await expect(page).toHaveURL(/\/sign-in\?next=%2Faccount$/);
  await other.goto(reset);
  await expect(other.getByText("This link does not work any more")).toBeVisible();
  await signInAs(other, email, NEW_PASSWORD);
  await expect(other).toHaveURL(/\/app$/);
});

test("signing out everywhere bites on the next request of every device", async ({ page, browser }) => {
  const account = somebody("Sven");
  await signUp(page, account);
  const context = await browser.newContext();
  const phone = await context.newPage();
  await signInAs(phone, account.email, account.password);
  await expect(phone).toHaveURL(/\/app$/);
  await visit(page, "/account");
  await expect(page.getByRole("listitem").filter({ hasText: "last used" })).toHaveCount(2);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(page).toHaveURL(/\/sign-in\?notice=signed-out$/);
  expect((await phone.request.get("/app/usage/export", { maxRedirects: 0 })).status()).toBe(401);
  await phone.goto("/app/agents");
  await expect(phone).toHaveURL(/\/sign-in\?next=%2Fapp%2Fagents$/);
  await context.close();
});

test("a session cannot be talked into being somebody else", async ({ page, request }) => {
  const csrf = async () => (await (await request.get("/api/auth/csrf")).json()).csrfToken;
  const refused = await request.post("/api/auth/callback/credentials", {
    form: { email: "nobody@example.com", password: "whatever it is", csrfToken: "f".repeat(64) },
    maxRedirects: 0,
  });
  expect(refused.headers().location).toContain("error=MissingCSRF");
  const updated = await request.post("/api/auth/session", {
    data: { csrfToken: await csrf(), data: { user: { role: "app_admin" } } },
  });
  expect(await updated.json()).toBeNull();
  await page.goto("/sign-in?next=//evil.example/x");
  expect(await page.locator("input[name=next]").count()).toBe(0);
});
