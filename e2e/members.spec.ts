import { Caller } from "./caller";
import { expect, test } from "./fixtures";
import { signUp, somebody } from "./pages";

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

  await caller.must("inviteMemberAction", { email: member.email, role: "user" });
  const token = await caller.mailed(member.email, "invite");
  await caller.must("acceptInvitationAction", {
    token,
    fullName: member.fullName,
    password: member.password,
  });
  await page.goto(path);
  await expect(page.getByText("Waiting for a cap").first()).toBeVisible();
  await expect(remedy).toHaveCount(0);
  await expect(page.getByText("An admin of this workspace can change that.")).toBeVisible();
});
