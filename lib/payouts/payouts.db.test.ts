import { beforeEach, describe, expect, it } from "vitest";
import { asPartner, asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { commissionEvents, partnerPayouts } from "@/db/schema/partner-money";
import type { PlatformScope } from "@/db/scope";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makePlatform } from "@/lib/testing/scopes";
import { brokenMoney, give, use } from "@/lib/wallet/testing";
import { adjustCommission } from "./commands/adjust";
import { approvePayout, cancelPayout, recordPayout } from "./commands/decide";
import { draftPayouts, draftPayoutsNow } from "./commands/draft";
import { setPayoutMinimum } from "./connect";
import { getPayout } from "./queries";
import { describeLine } from "./read";
import { sendPayout, sweepPayouts } from "./send";
import { type Business, daysAgo, earn, makeBusiness, payoutsOf, told } from "./testing";

withTestDatabase();

let admin: PlatformScope;
let business: Business;
beforeEach(async () => {
  admin = await makePlatform();
  business = await makeBusiness();
});

const query = async (text: string) => (await (await database()).pool.query(text)).rows;
const payouts = () => payoutsOf(business.partnerId);
const summary = () => told(business.partnerId);

async function expectSound(): Promise<void> {
  expect(await brokenMoney()).toEqual([]);
  const broken = (await checkLedgerAsOperator()).filter(({ count, id }) => count > 0 && id !== "I7");
  expect(broken).toEqual([]);
}

async function drafted(): Promise<string> {
  await draftPayouts();
  return (await payouts()).at(-1)?.id ?? "";
}

describe("what becomes of commission", () => {
  it("is paid for usage that bought credit paid for, never for allowance or promotion; the partner's own costs it", async () => {
    const { customer, partnerId } = business;
    await daysAgo(75, async () => {
      await give(customer, { kind: "grant", source: "plan", amount: 10_000_000n, key: "plan" });
      await give(customer, { kind: "grant", source: "promo", amount: 20_000_000n, key: "promo" });
      await give(customer, {
        kind: "grant",
        source: "promo",
        amount: 30_000_000n,
        key: "gift",
        facts: { paidBy: "partner", partnerId },
      });
      await give(customer, { kind: "topup", source: "paid", amount: 400_000_000n, key: "topup" });
      // Half is the partner's: 10 of allowance, 20 of the platform's promotion, 30 of its own, 200 of money.
      await use(customer.job, [{ cost: 260_000_000n, commission: 130_000_000n }]);
    });
    await draftPayouts();
    // 100 for the money, less the 15 that its own promotion cost the platform.
    expect(await summary()).toEqual(["draft 8500"]);
    await expectSound();
  });

  it("waits for thirty days before the end of the month", async () => {
    await earn(business, 80_000_000n, 20);
    await draftPayouts();
    expect(await summary()).toEqual([]);
    await draftPayouts(new Date(Date.now() + 62 * 86_400_000));
    expect(await summary()).toEqual(["draft 8000"]);
  });

  it("is kept while it is less than the minimum, and the fraction of a cent is carried", async () => {
    await earn(business, 49_999_999n);
    await draftPayouts();
    expect(await summary()).toEqual([]);
    await setPayoutMinimum(business.scope, { minimum: 1000n });
    await draftPayouts();
    expect(await summary()).toEqual(["draft 4999"]);
    await earn(business, 60_000_002n, 30);
    await draftPayouts(new Date(Date.now() + 31 * 86_400_000));
    expect(await summary()).toEqual(["draft 4999", "draft 6001"]);
    expect(await payouts()).toMatchObject([
      { gross: "49.999999", carryIn: "0.000000", carryOut: "0.009999" },
      { gross: "60.000002", carryIn: "0.009999", carryOut: "0.000001" },
    ]);
    await expectSound();
  });

  it("that is taken back counts at once, also after it was paid, and is carried until it is earned again", async () => {
    await earn(business, 100_000_000n);
    const payoutId = await drafted();
    await approvePayout(admin, { payoutId });
    await recordPayout(admin, { payoutId, method: "bank_transfer", reference: "SEPA 1" });
    await asSystem("test", (tx) =>
      tx.insert(commissionEvents).values({
        partnerId: business.partnerId,
        tenantId: business.customer.tenantId,
        kind: "topup_refunded",
        amount: "-40",
        earnedAt: new Date(),
        key: newId(),
      }),
    );
    await earn(business, 70_000_000n, 30);
    const nextMonth = new Date(Date.now() + 31 * 86_400_000);
    await draftPayouts(nextMonth);
    expect(await summary()).toEqual(["paid 10000"]);
    await setPayoutMinimum(business.scope, { minimum: 1000n });
    await draftPayouts(nextMonth);
    expect(await summary()).toEqual(["paid 10000", "draft 3000"]);
    await expectSound();
  });
});

describe("an adjustment", () => {
  it("is in the next payout at once, given or taken, with its reason; one click is one of it", async () => {
    const { partnerId } = business;
    const given = { partnerId, requestKey: newId(), amount: 90_000_000n, reason: "Agreed for the launch" };
    await Promise.all([adjustCommission(admin, given), adjustCommission(admin, given)]);
    await expect(adjustCommission(admin, { ...given, amount: given.amount - 10_000n })).rejects.toMatchObject(
      {
        code: "conflict",
        reason: "request_changed",
      },
    );
    const taken = { partnerId, requestKey: newId(), amount: -30_000_000n, reason: "Paid by hand before" };
    await adjustCommission(admin, taken);
    const payout = await getPayout(business.scope, await drafted());
    expect(payout.lines.map((line) => [describeLine(line), line.amount])).toEqual([
      ["Adjustment: Agreed for the launch", "90.000000"],
      ["Adjustment: Paid by hand before", "-30.000000"],
    ]);
    expect(payout.amountCents).toBe(6000n);
    const nobody = { ...given, partnerId: newId(), requestKey: newId() };
    await expect(adjustCommission(admin, nobody)).rejects.toMatchObject({ code: "not_found" });
    const { partnerId: own } = await makePartner();
    const forged = { ...given, partnerId: own, requestKey: newId() };
    const partner = business.scope as unknown as PlatformScope;
    await expect(adjustCommission(partner, forged)).rejects.toMatchObject({ code: "forbidden" });
    await expectSound();
  });
});

describe("a draft", () => {
  it("is made once a month, whoever asks at once", async () => {
    await earn(business, 80_000_000n);
    await Promise.all([draftPayouts(), draftPayouts(), draftPayoutsNow(admin)]);
    expect(await summary()).toEqual(["draft 8000"]);
    await expectSound();
  });

  it("that is cancelled frees what it was made of; the job leaves it to an admin to make it again", async () => {
    await earn(business, 80_000_000n);
    const payoutId = await drafted();
    await cancelPayout(admin, { payoutId, reason: "A customer complained" });
    await cancelPayout(admin, { payoutId, reason: "A customer complained" });
    await draftPayouts();
    expect(await summary()).toEqual(["cancelled 8000"]);
    expect(await draftPayoutsNow(admin)).toEqual({ drafted: 1 });
    expect(await summary()).toEqual(["cancelled 8000", "draft 8000"]);
    await expect(approvePayout(admin, { payoutId })).rejects.toMatchObject({ code: "conflict" });
    await expectSound();
  });

  it("holds each earning once, whatever is written past the verbs", async () => {
    await earn(business, 80_000_000n);
    const payoutId = await drafted();
    const again = query(
      `insert into payout_items select gen_random_uuid(), payout_id, partner_id, funding_id, commission_event_id, amount from payout_items where payout_id = '${payoutId}'`,
    );
    await expect(again).rejects.toMatchObject({ code: "23505" });
    await expect(
      query(`update partner_payouts set status = 'sent' where id = '${payoutId}'`),
    ).rejects.toMatchObject({
      code: "23514",
    });
  });
});

describe("an approval", () => {
  it("gives one number without a gap, however many approve, and draws a payout that nobody can change", async () => {
    const others = [await makeBusiness(), await makeBusiness()];
    for (const one of [business, ...others]) await earn(one, 90_000_000n);
    await draftPayouts();
    const ids = (await Promise.all([business, ...others].map((one) => payoutsOf(one.partnerId)))).map(
      ([row]) => row?.id ?? "",
    );
    await Promise.all([...ids, ...ids].map((payoutId) => approvePayout(admin, { payoutId })));
    const rows = await query(
      "select number, sequence from partner_payouts where number is not null order by sequence",
    );
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, at) => at + 1));
    expect(rows[0].number).toMatch(/^PS-\d{4}-000001$/);
    await expect(query(`update partner_payouts set gross = 1 where id = '${ids[0]}'`)).rejects.toMatchObject({
      code: "42501",
    });
    await expectSound();
  });

  it("without Stripe leaves it to an admin to pay by bank, once", async () => {
    await earn(business, 80_000_000n);
    const payoutId = await drafted();
    const paid = { payoutId, method: "bank_transfer", reference: "SEPA 77" } as const;
    await expect(recordPayout(admin, paid)).rejects.toMatchObject({ message: "Approve this payout first." });
    await approvePayout(admin, { payoutId });
    expect(await sendPayout(payoutId)).toBe("held");
    expect(await summary()).toEqual(["approved 8000 stripe_off"]);
    await recordPayout(admin, paid);
    await recordPayout(admin, paid);
    expect(await summary()).toEqual(["paid 8000"]);
    await expect(recordPayout(admin, { ...paid, reference: "SEPA 78" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(cancelPayout(admin, { payoutId, reason: "too late" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect((await sweepPayouts()).sent).toBe(0);
    await expectSound();
  });
});

describe("others", () => {
  it("are told that there is no such payout, and see none of it", async () => {
    await earn(business, 80_000_000n);
    await drafted();
    const stranger = await makePartner();
    const seen = await asPartner(stranger.scope, (tx) => tx.select().from(partnerPayouts));
    expect(seen).toEqual([]);
    const [theirs] = await payouts();
    await expect(getPayout(stranger.scope, theirs?.id ?? "")).rejects.toMatchObject({ code: "not_found" });
    await expect(approvePayout(admin, { payoutId: newId() })).rejects.toMatchObject({ code: "not_found" });
    const forged = business.scope as unknown as PlatformScope;
    await expect(draftPayoutsNow(forged)).rejects.toMatchObject({ code: "forbidden" });
  });
});
