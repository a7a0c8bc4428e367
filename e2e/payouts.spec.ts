import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { mailedPath, somebody } from "./pages";

test("a partner's commission is approved by an admin, paid by bank, and stated to the partner", async ({
  page,
  browser,
}) => {
  const account = somebody("Petra");
  await signIn(page, "appAdmin");
  await visit(page, "/admin/partners");
  await page.getByRole("button", { name: "Add partner" }).click();
  const add = page.getByRole("dialog");
  await add.getByLabel("Name").fill(account.workspaceName);
  await add.getByLabel("E-mail of the first admin").fill(account.email);
  await add.getByRole("button", { name: "Add and invite" }).click();
  await expect(add).toBeHidden();

  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(await mailedPath(theirs, account.email, "invite"));
  await theirs.getByLabel("Your name").fill(account.fullName);
  await theirs.getByLabel("Password", { exact: true }).fill(account.password);
  await theirs.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(theirs).toHaveURL(/\/partner$/);
  await visit(theirs, "/partner/payouts");
  await expect(theirs.getByText("No payouts yet")).toBeVisible();
  await theirs.getByLabel("Pay me from, in USD").fill("9.99");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(theirs.getByLabel("Pay me from, in USD")).toHaveAccessibleDescription(/between \$10 and/);
  await theirs.getByLabel("Pay me from, in USD").fill("25");
  await theirs.getByRole("button", { name: "Save" }).click();
  await expect(theirs.getByText("Paid once it is $25.00.")).toBeVisible();

  await visit(page, "/admin/payouts");
  await page.getByRole("button", { name: "Adjust commission" }).click();
  const adjust = page.getByRole("dialog");
  await adjust.getByLabel("Partner").selectOption({ label: account.workspaceName });
  await adjust.getByLabel("Amount in USD").fill("31.005");
  await adjust.getByLabel("Reason").fill("Agreed for the launch");
  await adjust.getByRole("button", { name: "Adjust" }).click();
  await expect(adjust.getByLabel("Amount in USD")).toHaveAccessibleDescription(/whole cents/);
  await adjust.getByLabel("Amount in USD").fill("31");
  await adjust.getByRole("button", { name: "Adjust" }).click();
  await expect(adjust).toBeHidden();
  await page.getByRole("button", { name: "Draft now" }).click();
  const row = page.getByRole("row", { name: new RegExp(account.workspaceName) });
  await expect(row).toContainText("$31.00");
  await row.getByRole("link").click();
  await expect(page.getByRole("cell", { name: "Adjustment: Agreed for the launch" })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Approve payout" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/PS-\d{4}-\d{6}/);
  await page.getByRole("button", { name: "Record payment" }).click();
  const record = page.getByRole("dialog");
  await record.getByLabel("Reference").fill("SEPA 4711");
  await record.getByRole("button", { name: "Record payment" }).click();
  await expect(page.getByText(/^Paid on .*SEPA 4711/)).toBeVisible();

  await visit(theirs, "/partner/payouts");
  await theirs.getByRole("link", { name: /^PS-/ }).click();
  const line = theirs.getByRole("row", { name: /Adjustment: Agreed for the launch/ });
  await expect(line.getByText("$31.00")).toBeInViewport();
  await expectAccessible(theirs);
  await theirs.setViewportSize({ width: 380, height: 1_200 });
  await expect(line.getByText("$31.00")).toBeInViewport({ ratio: 1 });
  for (const [link, ending] of [
    ["Export CSV", ".csv"],
    ["Statement PDF", ".pdf"],
  ] as const) {
    const download = theirs.waitForEvent("download");
    await theirs.getByRole("link", { name: link }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(new RegExp(`^PS-\\d{4}-\\d{6}\\${ending}$`));
    const text = Buffer.concat(await (await file.createReadStream()).toArray()).toString("latin1");
    expect(text).toContain(ending === ".pdf" ? "%PDF" : "Agreed for the launch,1,31.000000");
  }
});
