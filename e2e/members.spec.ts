import { Caller } from "./caller";
import { enter, expect, test } from "./fixtures";
import { type Account, signUp, somebody } from "./pages";

/** Somebody who takes an invitation of the caller's workspace, and is signed in by it. */
async function takeIn(caller: Caller, account: Account, role: "user" | "tenant_admin"): Promise<void> {
  await caller.must("inviteMemberAction", { email: account.email, role });
  const token = await caller.mailed(account.email, "invite");
  await caller.must("acceptInvitationAction", {
    token,
    fullName: account.fullName,
    password: account.password,
  });
}

test("what waits for money leads an admin to the caps, and tells a member who can change them", async ({
  page,
  baseURL,
}) => {
  const [owner, member] = [somebody("Olga"), somebody("Mira")];
  await signUp(page, owner);
  const caller = new Caller("owner", page.request, baseURL ?? "");
  await caller.must("setCapAction", { scope: "tenant", period: "month", amount: "0.000001" });
  await page.goto("/app/knowledge");
  await expect(page.getByRole("region", { name: "Add documents" })).toBeVisible();
  await page
    .getByLabel("Files to add")
    .setInputFiles({ name: "prices.md", mimeType: "text/markdown", buffer: Buffer.from("# Prices\n\nTen.") });
  await page.getByRole("link", { name: "Open", exact: true }).click();
  const remedy = page.getByRole("main").locator('a[href^="/app/billing"]');
  await expect(remedy).toHaveText("Open the caps");
  const path = new URL(page.url()).pathname;

  await takeIn(caller, member, "user");
  await page.goto(path);
  await expect(page.getByText("Waiting for a cap").first()).toBeVisible();
  await expect(remedy).toHaveCount(0);
  await expect(page.getByText("An admin of this workspace can change that.")).toBeVisible();
});

test("who loses a role or the account is told so on the open page, where what was typed stays, and where one signs in", async ({
  page,
  browser,
  baseURL,
}) => {
  const [owner, admin] = [somebody("Owner"), somebody("Former")];
  await signUp(page, owner);
  await takeIn(new Caller("owner", page.request, baseURL ?? ""), admin, "tenant_admin");
  await enter(page, owner);
  const theirs = await (await browser.newContext({ ...(baseURL ? { baseURL } : {}) })).newPage();
  await enter(theirs, admin);
  await theirs.goto("/app/team");
  await theirs.getByRole("button", { name: "Invite" }).click();
  const dialog = theirs.getByRole("dialog");
  const email = dialog.getByLabel("E-mail");
  const send = dialog.getByRole("button", { name: "Send invitation" });
  await email.fill("new@example.com");

  await page.goto("/app/team");
  const row = page.getByRole("listitem").filter({ hasText: admin.email });
  await row.getByRole("button", { name: /Make .*member/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Make member" }).click();
  await expect(row).toContainText("Member");
  await send.click();
  await expect(dialog).toContainText(
    "Your role was changed, which signed you out. Sign in again in another tab, then repeat this.",
  );
  await expect(email).toHaveValue("new@example.com");
  await enter(theirs, admin);
  await send.click();
  await expect(dialog).toContainText("Your role in this workspace does not allow this.");
  await expect(email).toHaveValue("new@example.com");

  await row.getByRole("button", { name: /Deactivate/ }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(row).toContainText("Deactivated");
  await send.click();
  await expect(dialog).toContainText(
    "Your account was deactivated. Ask an admin about it. Nothing was done.",
  );
  const other = await theirs.context().newPage();
  await other.goto("/app/workflows");
  await expect(other.getByText("Your account was deactivated. Ask an admin about it.")).toBeVisible();
  await theirs.context().close();
});
