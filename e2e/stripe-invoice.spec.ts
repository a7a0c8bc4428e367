import { expectAccessible } from "./accessibility";
import { expect, signIn, test, visit } from "./fixtures";
import { expectNoSideScroll, signUp, somebody } from "./pages";

test("an invoice is collected through Stripe, taken back, sent again, and paid on its page there", async ({
  page,
  browser,
}) => {
  await signUp(page, somebody("Payables"));
  await visit(page, "/app/billing/plan");
  await page.getByRole("button", { name: "Choose Starter, monthly" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Confirm plan" }).click();
  await expect(page).toHaveURL(/\/app\/billing\/[0-9a-f-]{36}(\/pay)?$/);
  const invoiceId = /billing\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? "";

  const admin = await (await browser.newContext()).newPage();
  await signIn(admin, "appAdmin");
  const collect = async () => {
    await admin.getByRole("button", { name: "Collect through Stripe" }).click();
    await admin.getByRole("dialog").getByRole("button", { name: "Send it through Stripe" }).click();
    await expect(admin.getByText(/^Stripe has been collecting this invoice since/)).toBeVisible();
  };
  await visit(admin, `/admin/invoices/${invoiceId}`);
  await collect();
  await expect(admin.getByRole("link", { name: "its page at Stripe" })).toBeVisible();
  await expect(admin.getByRole("button", { name: /^Credit note/ })).toHaveCount(0);
  await expectAccessible(admin);
  await admin.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(admin);
  await admin.setViewportSize({ width: 1280, height: 800 });

  await visit(page, `/app/billing/${invoiceId}`);
  await expect(page.getByRole("link", { name: "Pay by card" })).toHaveCount(0);
  await page.getByRole("link", { name: "Pay at Stripe" }).click();
  await expect(page.getByRole("link", { name: "Pay $29.00 at Stripe" })).toBeVisible();
  await expectAccessible(page);

  await admin.getByRole("button", { name: "Collect here again" }).click();
  await admin.getByRole("dialog").getByRole("button", { name: "Collect it here" }).click();
  await expect(admin.getByRole("button", { name: "Collect through Stripe" })).toBeVisible();
  await page.getByRole("link", { name: "Pay $29.00 at Stripe" }).click();
  await expect(page.getByText("This invoice is void.")).toBeVisible();
  await collect();
  await admin.context().close();

  await visit(page, `/app/billing/${invoiceId}/pay`);
  await page.getByRole("link", { name: "Pay $29.00 at Stripe" }).click();
  await page.getByLabel("Card number").fill("4242 4242 4242 4242");
  await page.getByRole("button", { name: "Pay $29.00" }).click();
  await expect(page.getByText("Paid. Thank you.")).toBeVisible();
  await expect(async () => {
    await page.goto(`/app/billing/${invoiceId}`);
    await expect(page.getByText("Paid", { exact: true }).first()).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await expect(page.getByRole("link", { name: /^Pay/ })).toHaveCount(0);
});
