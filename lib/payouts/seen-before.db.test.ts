import { afterAll, expect, it, vi } from "vitest";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds, look } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { approvePayout } from "./commands/decide";
import { draftPayouts } from "./commands/draft";
import { sendPayout } from "./send";
import { accountOf, earn, fund, makeBusiness, onboard, payoutsOf } from "./testing";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());

it("an account stays as it was seen last, also where what was seen before is written later", async () => {
  const business = await makeBusiness();
  const accountId = await onboard(double, business);
  const account = double.world.accounts.get(accountId);
  const writeBefore = await look("account.updated", accountId, accountId);
  account.capabilities = { transfers: "inactive" };
  double.world.emit({ type: "account.updated", object: account, account: accountId });
  await deliver(double, eventIds(double).slice(-1));
  expect(await accountOf(business.partnerId)).toMatchObject({ payoutsEnabled: false });
  await writeBefore();
  expect(await accountOf(business.partnerId)).toMatchObject({ payoutsEnabled: false });
});

it("an account stays so also where looking at it last had brought nothing new", async () => {
  const business = await makeBusiness();
  const accountId = await onboard(double, business);
  const account = double.world.accounts.get(accountId);
  account.capabilities = { transfers: "inactive" };
  const writeBefore = await look("account.updated", accountId, accountId);
  account.capabilities = { transfers: "active" };
  double.world.emit({ type: "account.updated", object: account, account: accountId });
  await deliver(double, eventIds(double).slice(-1));
  await writeBefore();
  expect(await accountOf(business.partnerId)).toMatchObject({ payoutsEnabled: true });
});

it("a payout that came back from the bank is not paid again by what was seen before", async () => {
  const [business, admin] = [await makeBusiness(), await makePlatform()];
  const stripeAccount = await onboard(double, business);
  await fund(double, 1_000_000);
  await earn(business, 80_000_000n);
  await draftPayouts();
  const payoutId = (await payoutsOf(business.partnerId))[0]?.id ?? "";
  await approvePayout(admin, { payoutId });
  await sendPayout(payoutId);
  double.world.clock.advance(60);
  const { stripe } = await getStripe();
  const { id } = await stripe.payouts.create({ amount: 8000, currency: "usd" }, { stripeAccount });
  const atBank = double.world.payouts.get(id);
  atBank.status = "paid";
  const writeBefore = await look("payout.paid", id, stripeAccount);
  Object.assign(atBank, { status: "failed", failure_message: "The bank account has been closed" });
  const writeAfter = await look("payout.failed", id, stripeAccount);
  await writeAfter();
  const returned = { status: "sent", failure: "The bank account has been closed", paidAt: null };
  expect((await payoutsOf(business.partnerId))[0]).toMatchObject(returned);
  await writeBefore();
  expect((await payoutsOf(business.partnerId))[0]).toMatchObject(returned);
});
