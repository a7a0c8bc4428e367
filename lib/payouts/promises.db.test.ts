import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import type { PlatformScope } from "@/db/scope";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { shiftClock } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { whileHeld } from "@/lib/testing/held";
import { makePartner, makePlatform, type TestPartner, type TestTenant } from "@/lib/testing/scopes";
import { grantCustomerPromo } from "@/lib/wallet/commands/grant";
import { getCustomerWallet } from "@/lib/wallet/queries";
import { brokenMoney, prepaidTenant, use } from "@/lib/wallet/testing";
import { adjustCommission } from "./commands/adjust";
import { draftPayouts } from "./commands/draft";
import { promoAllowanceInput } from "./input";
import { getPromiseRoom, getPromiseRoomOf, setPromoAllowance } from "./promises";
import { getPartnerBalance } from "./queries";
import { earn, payoutsOf } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;
let admin: PlatformScope;
let partner: TestPartner;
let customers: [TestTenant, TestTenant];
beforeEach(async () => {
  admin = await makePlatform();
  partner = await makePartner();
  customers = [await prepaidTenant(partner.partnerId), await prepaidTenant(partner.partnerId)];
});
async function expectSound(): Promise<void> {
  expect(await brokenMoney()).toEqual([]);
  const broken = (await checkLedgerAsOperator()).filter(({ count, id }) => count > 0 && id !== "I7");
  expect(broken).toEqual([]);
}
afterEach(async () => {
  shiftClock(0);
  await expectSound();
});

const promise = (
  dollars: bigint,
  { to = 0 as 0 | 1, requestKey = newId(), expiresAt = null as Date | null } = {},
) =>
  grantCustomerPromo(partner.scope, {
    tenantId: customers[to].tenantId,
    amount: dollars * DOLLAR,
    expiresAt,
    reason: "Welcome",
    requestKey,
  });
const refused = (message: RegExp) => ({
  code: "invalid",
  fields: { amount: [expect.stringMatching(message)] },
});
const allow = (allowance: string, partnerId = partner.partnerId) =>
  setPromoAllowance(admin, promoAllowanceInput.parse({ partnerId, allowance, reason: "A launch" }));
const earnNow = (dollars: bigint) =>
  adjustCommission(admin, {
    partnerId: partner.partnerId,
    requestKey: newId(),
    amount: dollars * DOLLAR,
    reason: "Agreed for the launch",
  });

describe("credit that a partner promises", () => {
  it("stays within what can be paid to it and its allowance, over all its customers; what is used is charged", async () => {
    await promise(60n);
    await expect(promise(41n, { to: 1 })).rejects.toMatchObject(
      refused(/^You can give \$40\.00 more: \$60\.00 .* commission is \$0\.00, and \$100\.00 may/),
    );
    const requestKey = newId();
    await promise(40n, { to: 1, requestKey });
    // A second press is no second promise, and not refused either.
    await promise(40n, { to: 1, requestKey });
    await expect(promise(1n)).rejects.toMatchObject(refused(/^You can give \$0\.00 more/));
    await use(customers[0].job, [{ cost: 10n * DOLLAR, commission: 4n * DOLLAR }]);
    // Six of the ten are the platform's: they are charged, and the rest cost nobody anything.
    expect(await getPromiseRoom(partner.scope)).toEqual({
      promised: 90n * DOLLAR,
      payable: -6n * DOLLAR,
      allowance: 100n * DOLLAR,
      left: 4n * DOLLAR,
    });
    await earnNow(50n);
    await promise(54n);
    expect((await getPromiseRoomOf(admin, partner.partnerId)).left).toBe(0n);
    expect((await getPromiseRoom((await makePartner()).scope)).left).toBe(100n * DOLLAR);
  });

  it("is not promised twice by two who do it at once", async () => {
    const ends = await Promise.allSettled(([0, 1, 0, 1, 0, 1] as const).map((to) => promise(30n, { to })));
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    const wallets = await Promise.all(
      customers.map(({ tenantId }) => getCustomerWallet(partner.scope, tenantId)),
    );
    expect(wallets.reduce((sum, { promo }) => sum + promo, 0n)).toBe(90n * DOLLAR);
  });

  it("is free again once it has expired", async () => {
    await promise(100n, { expiresAt: new Date(Date.now() + 3_600_000) });
    await expect(promise(1n)).rejects.toMatchObject({ code: "invalid" });
    shiftClock(7_200_000);
    await promise(100n);
  });

  it("goes as far beyond what was earned as an admin allows, and no partner allows itself", async () => {
    await allow("250");
    await promise(250n);
    await allow("0");
    await expect(promise(1n)).rejects.toMatchObject(refused(/\$0\.00 may be promised/));
    const { rows } = await (await database()).pool.query(
      "select before, after, reason from audit_log where partner_id = $1 and action = 'partner.promo_allowance' order by id",
      [partner.partnerId],
    );
    expect(rows).toEqual([
      { before: { allowance: "100.000000" }, after: { allowance: "250.000000" }, reason: "A launch" },
      { before: { allowance: "250.000000" }, after: { allowance: "0.000000" }, reason: "A launch" },
    ]);
    await expect(allow("5", newId())).rejects.toMatchObject({ code: "not_found" });
    const forged = partner.scope as unknown as PlatformScope;
    await expect(
      setPromoAllowance(
        forged,
        promoAllowanceInput.parse({ partnerId: partner.partnerId, allowance: "9", reason: "Mine" }),
      ),
    ).rejects.toMatchObject({ code: "forbidden" });
    for (const allowance of ["-1", "1.001", "100000.01", "much"])
      expect(
        promoAllowanceInput.safeParse({ partnerId: newId(), allowance, reason: "A launch" }).success,
      ).toBe(false);
  });

  it("is kept out of payouts beyond the allowance, and paid once it is promised no more", async () => {
    await earnNow(300n);
    await promise(250n, { expiresAt: new Date(Date.now() + 20 * 86_400_000) });
    expect(await getPartnerBalance(partner.scope)).toMatchObject({
      payable: 300n * DOLLAR,
      kept: 150n * DOLLAR,
    });
    await draftPayouts();
    expect(await payoutsOf(partner.partnerId)).toMatchObject([
      { amountCents: 15_000n, gross: "300.000000", carryOut: "150.000000" },
    ]);
    expect(await getPromiseRoom(partner.scope)).toMatchObject({ payable: 150n * DOLLAR, left: 0n });
    await expectSound();
    const nextMonth = 31 * 86_400_000;
    shiftClock(nextMonth);
    await draftPayouts(new Date(Date.now() + nextMonth));
    expect((await payoutsOf(partner.partnerId)).at(-1)).toMatchObject({
      amountCents: 15_000n,
      carryIn: "150.000000",
      carryOut: "0.000000",
    });
  });

  // PGlite has one connection.
  it.runIf(testServerUrl())(
    "is kept out of a payout, or charged, also when it is used while the payout is drafted",
    async () => {
      const [spender, earner] = customers;
      await earn({ customer: earner }, 300n * DOLLAR);
      await promise(100n);
      await allow("0");
      await whileHeld(
        { lock: "select from ledger_funding where partner_id = $1 for update", of: partner.partnerId },
        [() => draftPayouts()],
        () => use(spender.job, [{ cost: 90n * DOLLAR }]),
      );
      // What is used was charged to nobody yet: the payout that was being drafted does not know of it.
      expect(await payoutsOf(partner.partnerId)).toMatchObject([
        { amountCents: 20_000n, carryOut: "100.000000" },
      ]);
      expect(await getPromiseRoom(partner.scope)).toMatchObject({
        promised: 10n * DOLLAR,
        payable: 10n * DOLLAR,
      });
    },
  );
});
