import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { PlatformScope } from "@/db/scope";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { getStripe } from "@/lib/stripe/client";
import { deliver, eventIds } from "@/lib/stripe/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform } from "@/lib/testing/scopes";
import { approvePayout, cancelPayout, recordPayout } from "./commands/decide";
import { draftPayouts } from "./commands/draft";
import { refreshAccount, startOnboarding } from "./connect";
import { sendPayout, sweepPayouts } from "./send";
import {
  accountOf,
  type Business,
  earn,
  fund,
  makeBusiness,
  onboard,
  payoutsOf,
  told,
  transfersFor,
} from "./testing";

const double = await vi.hoisted(async () =>
  (await import("@/lib/stripe/double-testing")).startTestStripe({ hearsAccounts: true }),
);

withTestDatabase();
afterAll(() => double.close());

let admin: PlatformScope;
let business: Business;
let from: number;
beforeEach(async () => {
  double.api.orders.reset();
  from = eventIds(double).length;
  await fund(double, 1_000_000);
  admin = await makePlatform();
  business = await makeBusiness();
});

const summary = () => told(business.partnerId);
const hear = () => deliver(double, eventIds(double, from));

/** A payout of $80 that an admin has approved. */
async function approved(): Promise<string> {
  await earn(business, 80_000_000n);
  await draftPayouts();
  const payoutId = (await payoutsOf(business.partnerId))[0]?.id ?? "";
  await approvePayout(admin, { payoutId });
  return payoutId;
}

async function expectSound(): Promise<void> {
  const broken = (await checkLedgerAsOperator()).filter(({ count, id }) => count > 0 && id !== "I7");
  expect(broken).toEqual([]);
}

describe("a partner's account", () => {
  it("is made once, however often it is asked for, and is told by Stripe when it can be paid", async () => {
    const links = await Promise.all([startOnboarding(business.scope), startOnboarding(business.scope)]);
    expect(new Set(links.map(({ url }) => url)).size).toBe(2);
    const accounts = double.world.accounts.where((one) => one.metadata?.partner_id === business.partnerId);
    expect(accounts).toHaveLength(1);
    expect(await accountOf(business.partnerId)).toMatchObject({
      detailsSubmitted: false,
      payoutsEnabled: false,
      requirements: expect.arrayContaining(["external_account"]),
    });
    await onboard(double, business);
    expect(await accountOf(business.partnerId)).toMatchObject({
      stripeAccountId: accounts[0]?.id,
      detailsSubmitted: true,
      payoutsEnabled: true,
      requirements: [],
    });
  });

  it("is looked up when nobody told of it, and is never another partner's", async () => {
    const account = double.world.accounts;
    const { url } = await startOnboarding(business.scope);
    await fetch(url, {
      method: "POST",
      body: new URLSearchParams({ answer: "complete" }),
      redirect: "manual",
    });
    expect(await refreshAccount(business.scope)).toEqual({ isPayable: true });
    const { stripe } = await getStripe();
    const forged = await stripe.accounts.create({
      capabilities: { transfers: { requested: true } },
      metadata: { partner_id: business.partnerId },
    });
    await stripe.accounts.update(forged.id, { email: "somebody@example.com" });
    await hear();
    expect((await accountOf(business.partnerId))?.stripeAccountId).not.toBe(forged.id);
    expect(account.get(forged.id).email).toBe("somebody@example.com");
  });
});

describe("sending a payout", () => {
  it("waits for an account that can be paid, then makes one transfer, whoever sends it", async () => {
    const payoutId = await approved();
    expect(await sendPayout(payoutId)).toBe("held");
    expect(await summary()).toEqual(["approved 8000 no_account"]);
    await startOnboarding(business.scope);
    expect(await sendPayout(payoutId)).toBe("held");
    expect(await summary()).toEqual(["approved 8000 not_payable"]);
    const accountId = await onboard(double, business);
    const ends = await Promise.allSettled([sendPayout(payoutId), sendPayout(payoutId), sweepPayouts()]);
    expect(ends.some(({ status }) => status === "fulfilled")).toBe(true);
    await sweepPayouts();
    expect(await transfersFor(payoutId)).toMatchObject([{ amount: 8000, destination: accountId }]);
    expect(await summary()).toEqual(["sent 8000"]);
    await expect(cancelPayout(admin, { payoutId, reason: "too late" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(
      recordPayout(admin, { payoutId, method: "other", reference: "twice" }),
    ).rejects.toMatchObject({ code: "conflict" });
    await expectSound();
  });

  it.each(["cut_before", "cut_after", "fail_before", "fail_after"] as const)(
    "goes on after %s, and pays once",
    async (trouble) => {
      await onboard(double, business);
      const payoutId = await approved();
      double.api.orders.add({ call: "POST /v1/transfers", do: trouble });
      await expect(sendPayout(payoutId)).rejects.toMatchObject({ code: "upstream" });
      expect(await summary()).toEqual(["sending 8000"]);
      await sweepPayouts();
      expect(await summary()).toEqual(["sent 8000"]);
      expect(await transfersFor(payoutId)).toHaveLength(1);
      await expectSound();
    },
  );

  it("is learned from the event when the answer was lost", async () => {
    await onboard(double, business);
    const payoutId = await approved();
    double.api.orders.add({ call: "POST /v1/transfers", do: "cut_after" });
    await expect(sendPayout(payoutId)).rejects.toMatchObject({ code: "upstream" });
    await hear();
    expect(await summary()).toEqual(["sent 8000"]);
    expect(await sendPayout(payoutId)).toBe("nothing");
    expect(await transfersFor(payoutId)).toHaveLength(1);
  });

  it("waits while our balance is short, and is sent when it is not", async () => {
    await onboard(double, business);
    await fund(double, 7999);
    const payoutId = await approved();
    expect(await sendPayout(payoutId)).toBe("held");
    expect(await summary()).toEqual(["approved 8000 no_funds"]);
    await fund(double, 8000);
    await sweepPayouts();
    expect(await summary()).toEqual(["sent 8000"]);
    expect(await transfersFor(payoutId)).toHaveLength(1);
  });

  it("waits again when Stripe takes the account's abilities away meanwhile", async () => {
    const accountId = await onboard(double, business);
    const payoutId = await approved();
    const account = double.world.accounts.get(accountId);
    account.capabilities = { transfers: "inactive" };
    expect(await sendPayout(payoutId)).toBe("held");
    expect(await summary()).toEqual(["approved 8000 not_payable"]);
    expect(await sendPayout(payoutId)).toBe("held");
    await onboard(double, business);
    expect(await sendPayout(payoutId)).toBe("sent");
  });
});

describe("what becomes of a transfer", () => {
  async function sent(): Promise<{ payoutId: string; transferId: string; stripeAccount: string }> {
    const stripeAccount = await onboard(double, business);
    const payoutId = await approved();
    await sendPayout(payoutId);
    const [transfer] = await transfersFor(payoutId);
    return { payoutId, transferId: transfer?.id ?? "", stripeAccount };
  }

  it("reaches the partner's bank", async () => {
    const { stripeAccount } = await sent();
    const { stripe } = await getStripe();
    double.world.clock.advance(60);
    await stripe.payouts.create({ amount: 8000, currency: "usd" }, { stripeAccount });
    double.world.clock.advance(3 * 24 * 3600);
    await hear();
    await hear();
    expect(await summary()).toEqual(["paid 8000"]);
  });

  it("comes back from the bank: it stays sent, and nothing is sent twice", async () => {
    const { stripeAccount, payoutId } = await sent();
    const { stripe } = await getStripe();
    double.world.clock.advance(60);
    const toBank = { amount: 8000, currency: "usd" };
    await stripe.payouts.create({ ...toBank, metadata: { bank: "fails" } }, { stripeAccount });
    double.world.clock.advance(3 * 24 * 3600);
    await hear();
    expect((await payoutsOf(business.partnerId))[0]).toMatchObject({
      status: "sent",
      failure: "The bank account has been closed",
    });
    await sweepPayouts();
    expect(await transfersFor(payoutId)).toHaveLength(1);
    await stripe.payouts.create(toBank, { stripeAccount });
    double.world.clock.advance(3 * 24 * 3600);
    const told = eventIds(double, from);
    await deliver(double, [...told, ...told.toReversed()]);
    expect((await payoutsOf(business.partnerId))[0]).toMatchObject({ status: "paid", failure: null });
  });

  it("is taken back, in parts: what came back is owed again, once, however events come", async () => {
    const { transferId } = await sent();
    const { stripe } = await getStripe();
    await stripe.transfers.createReversal(transferId, { amount: 3000 });
    await hear();
    expect((await payoutsOf(business.partnerId))[0]).toMatchObject({ status: "sent", reversedCents: 3000n });
    await stripe.transfers.createReversal(transferId, { amount: 5000 });
    const told = eventIds(double, from);
    await deliver(double, [...told.toReversed(), ...told]);
    expect((await payoutsOf(business.partnerId))[0]).toMatchObject({
      status: "reversed",
      reversedCents: 8000n,
    });
    await expectSound();
    // Not yet thirty days old, and owed at once all the same.
    await draftPayouts(new Date(Date.now() + 31 * 86_400_000));
    expect(await summary()).toEqual(["reversed 8000", "draft 8000"]);
    await expectSound();
  });
});
