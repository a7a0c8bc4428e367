import { beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { notifications } from "@/db/schema/notifications";
import { auditLog } from "@/db/schema/system";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { findUntold, tellSpending } from "./alerts";
import { setLowBalance } from "./commands/low-balance";
import { setWalletTerms } from "./commands/terms";
import { lowBalanceInput, walletTermsInput } from "./input";
import { hold } from "./money-gatherer";
import { getWallet } from "./queries";
import { brokenMoney, give, prepaidTenant, use } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;
let tenant: TestTenant;
beforeEach(async () => {
  tenant = await prepaidTenant();
  await giveMoney(10n * DOLLAR);
});

let gifts = 0;
const giveMoney = (amount: bigint) => {
  gifts += 1;
  return give(tenant, { kind: "topup", source: "paid", amount, key: `gift ${gifts}` });
};
const tellBelow = (amount: string) => setLowBalance(tenant.admin, lowBalanceInput.parse({ amount }));

/** What the sweep does; gives how often the admin has been told by now. */
async function told(): Promise<number> {
  if ((await findUntold()).includes(tenant.tenantId)) await tellSpending(tenant.job);
  const rows = await asTenant(tenant.admin, (tx) =>
    tx.select({ kind: notifications.kind, userId: notifications.userId }).from(notifications),
  );
  expect(rows.every((row) => row.kind === "credit_low" && row.userId === tenant.adminId)).toBe(true);
  return rows.length;
}

describe("a low balance", () => {
  it("is told once each time that it falls below what was named", async () => {
    await tellBelow("5");
    expect(await getWallet(tenant.admin)).toMatchObject({ lowWater: 5n * DOLLAR });
    await use(tenant.job, [{ cost: 5n * DOLLAR }]);
    expect(await told()).toBe(0);
    await use(tenant.job, [{ cost: 1n }]);
    expect(await told()).toBe(1);
    await use(tenant.job, [{ cost: DOLLAR }]);
    expect(await told()).toBe(1);
    // Above it and below it again, with nobody looking in between.
    await giveMoney(10n * DOLLAR);
    await use(tenant.job, [{ cost: 10n * DOLLAR }]);
    expect(await told()).toBe(2);
    expect(await told()).toBe(2);
    expect(await brokenMoney()).toEqual([]);
  });

  it("is mailed", async () => {
    await tellBelow("5");
    await use(tenant.job, [{ cost: 6n * DOLLAR }]);
    await told();
    const mails = await mailsTo(`${tenant.adminId}@example.test`);
    expect(mails).toMatchObject([{ subject: expect.stringContaining("Your balance is below $5.00") }]);
  });

  it("counts what is set aside as left, and what a limit leaves", async () => {
    await tellBelow("5");
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "a" }, 9n * DOLLAR));
    expect(await told()).toBe(0);
    await use(tenant.job, [{ cost: 6n * DOLLAR }], { holdKey: "a" });
    expect(await told()).toBe(1);
    const terms = {
      tenantId: tenant.tenantId,
      mode: "postpaid",
      creditLimit: "20",
      reason: "Pays by invoice",
    };
    await setWalletTerms(await makePlatform(), walletTermsInput.parse(terms));
    expect(await told()).toBe(1);
    await use(tenant.job, [{ cost: 20n * DOLLAR }]);
    expect(await told()).toBe(2);
  });

  it("that was low when it was named, or is not to be told any more, is not told", async () => {
    await tellBelow("50");
    expect(await told()).toBe(0);
    await giveMoney(50n * DOLLAR);
    await use(tenant.job, [{ cost: 20n * DOLLAR }]);
    expect(await told()).toBe(1);
    await giveMoney(50n * DOLLAR);
    await tellBelow("");
    await use(tenant.job, [{ cost: 80n * DOLLAR }]);
    expect(await told()).toBe(1);
    expect(await getWallet(tenant.admin)).toMatchObject({ lowWater: null });
  });

  it("is named by admins, in dollars, and noted", async () => {
    await expect(setLowBalance(tenant.member, lowBalanceInput.parse({ amount: "5" }))).rejects.toMatchObject({
      code: "forbidden",
    });
    for (const amount of ["0", "-1", "much", "0.0000001"])
      expect(lowBalanceInput.safeParse({ amount }).success).toBe(false);
    await tellBelow("7.5");
    const rows = await asTenant(tenant.admin, (tx) =>
      tx.select({ action: auditLog.action, after: auditLog.after }).from(auditLog),
    );
    expect(rows.filter(({ action }) => action === "wallet.low_balance")).toMatchObject([
      { after: { amount: "7.500000" } },
    ]);
  });
});
