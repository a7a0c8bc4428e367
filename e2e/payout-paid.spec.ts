import type { Page } from "@playwright/test";
import { expectAccessible } from "./accessibility";
import { COMMISSION, EARNER } from "./earner";
import { expect, signIn, signInAs, test, visit } from "./fixtures";
import { answerRead, expectNoSideScroll, holdActions } from "./pages";
import { expectToSay, listOfStripe, postToStripe, tellStripe } from "./stripe-double";

/** What the bell of a console tells. */
async function expectTold(page: Page, titles: readonly RegExp[]): Promise<void> {
  await page.getByRole("button", { name: /^Notifications/ }).click();
  const told = page.getByRole("dialog", { name: "Notifications" });
  for (const title of titles) await expect(told.getByText(title).first()).toBeVisible();
  await page.keyboard.press("Escape");
  // A click while it closes only closes it.
  await expect(told).toBeHidden();
}

/** Who comes from Stripe and goes on to another page before it was looked up what they did there stays on that page. */
async function expectNotLedBack(page: Page): Promise<void> {
  const section = (name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true });
  const end = await holdActions(page);
  await page.goto("/partner/payouts?from=stripe");
  await section("Customers").click();
  await expect(page).toHaveURL(/\/partner\/customers$/);
  const opened: string[] = [];
  page.on("request", (request) => {
    if (request.headers().rsc && request.method() === "GET") opened.push(new URL(request.url()).pathname);
  });
  const answered = answerRead(page, (request) => "next-action" in request.headers());
  end();
  await answered;
  await section("Margins").click();
  await expect(page).toHaveURL(/\/partner\/margins$/);
  expect(opened).not.toContain("/partner/payouts");
}

test("a partner's commission is held, refused, tried again, sent, and paid by its bank", async ({
  page,
  browser,
}) => {
  await tellStripe(page, { do: "fund", cents: 100_000 });
  await signIn(page, "appAdmin");
  await visit(page, "/admin/payouts");
  await page.getByRole("button", { name: "Draft now" }).click();
  const row = page.getByRole("row", { name: new RegExp(EARNER.partnerName) });
  await expect(row).toContainText(COMMISSION);
  await row.getByRole("link").click();
  await expect(page.getByText("Earned Foods").first()).toBeVisible();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Approve payout" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(/PS-\d{4}-\d{6}/);
  await expectToSay(page, "Held until the partner has set up an account with Stripe");

  const theirs = await (await browser.newContext()).newPage();
  await signInAs(theirs, EARNER.email, EARNER.password);
  await expect(theirs).toHaveURL(/\/partner$/);
  await visit(theirs, "/partner/payouts");
  await expectTold(theirs, [/^Payout PS-.* of \$60\.00 is approved$/, /is held$/]);

  await tellStripe(page, { do: "call", call: "POST /v1/transfers", trouble: "refuse" });
  await theirs.getByRole("button", { name: "Set up payouts" }).click();
  await theirs.getByRole("button", { name: "Tell all that is asked, and finish" }).click();
  await expect(theirs.getByText("Ready", { exact: true })).toBeVisible();
  await expectNotLedBack(theirs);
  // The account can be paid: what was held for it goes on by itself, and Stripe refuses.
  await expectToSay(page, "Stripe refused the transfer (transfers_not_allowed).");
  await expect(page.getByText("Failed", { exact: true }).first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Try again" }).click();
  await expectToSay(page, "Sent to the partner's Stripe account");

  const transfers = await listOfStripe(page, "transfers?limit=100");
  const number = (await page.getByRole("heading", { level: 1 }).textContent())?.match(/PS-\d{4}-\d{6}/)?.[0];
  const sent = transfers.filter((one: { description: string }) => one.description === number);
  expect(sent).toMatchObject([{ amount: 6_000 }]);
  // Stripe pays what is on the account out to the partner's bank, two days later.
  await tellStripe(page, { do: "advance", seconds: 60 });
  const form = { amount: "6000", currency: "usd" };
  await postToStripe(page, "payouts", { account: sent[0].destination, form });
  await tellStripe(page, { do: "advance", seconds: 3 * 86_400 });
  await expectToSay(page, /^Paid on /);

  await visit(theirs, "/partner/payouts");
  await expectTold(theirs, [/could not be sent$/, /of \$60\.00 is sent$/, /of \$60\.00 is paid$/]);
  await theirs.getByRole("link", { name: number ?? "", exact: true }).click();
  await expect(theirs.getByRole("heading", { level: 1 })).toContainText(number ?? "");
  await expect(theirs.getByText(/^Paid on /).first()).toBeVisible();
  await expectAccessible(theirs);
  for (const [link, ending] of [
    ["Export CSV", ".csv"],
    ["Statement PDF", ".pdf"],
  ] as const) {
    const download = theirs.waitForEvent("download");
    await theirs.getByRole("link", { name: link }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`${number}${ending}`);
    const text = Buffer.concat(await (await file.createReadStream()).toArray()).toString("latin1");
    expect(text).toContain(ending === ".pdf" ? "%PDF" : "60.000000");
  }
  await theirs.setViewportSize({ width: 380, height: 800 });
  await expectNoSideScroll(theirs);
  const mails = await theirs.request.get("/outbox");
  expect(await mails.text()).toContain(`Payout ${number} of ${COMMISSION} is paid`);
  await theirs.context().close();
});
