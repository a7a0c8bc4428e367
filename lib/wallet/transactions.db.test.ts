import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asPlatform } from "@/db/access";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makePlatform, type TestTenant } from "@/lib/testing/scopes";
import { postCredit } from "./credit";
import { brokenMoney, give, prepaidTenant, use } from "./testing";
import { listTransactions } from "./transactions";

withTestDatabase();

const DOLLAR = 1_000_000n;

it("lists what one transaction did in the order in which it did it: balances step from row to row", async () => {
  const tenant = await prepaidTenant();
  for (let round = 0; round < 10; round += 1) {
    await give(tenant, { kind: "grant", source: "plan", amount: DOLLAR, key: `plan ${round}` });
    await give(tenant, { kind: "grant", source: "promo", amount: 2n * DOLLAR, key: `promo ${round}` });
    await use(tenant.job, [{ cost: 6n * DOLLAR }]);
    // It pays what is owed, then is there to be used.
    await give(tenant, { kind: "topup", source: "paid", amount: 5n * DOLLAR, key: `paid ${round}` });
  }
  expect(await steps(tenant)).toBeGreaterThan(60);
  expect(await brokenMoney()).toEqual([]);
});

/** Looks at each row's balances: they are those of the row before and its amount. Gives how many there are. */
async function steps(tenant: TestTenant): Promise<number> {
  const { items } = await listTransactions(tenant.admin, {}, 1_000);
  const expected = { balance: 0n, allowance: 0n };
  for (const { source, amount, balanceAfter, allowanceAfter } of items.toReversed()) {
    expected[source === "plan" ? "allowance" : "balance"] += amount;
    expect({ balance: balanceAfter, allowance: allowanceAfter }).toEqual(expected);
  }
  return items.length;
}

// The embedded database does one transaction after the other.
describe.runIf(testServerUrl())("of transactions that began in another order than they ended in", () => {
  it("lists what they did in the order in which they did it", async () => {
    const tenant = await prepaidTenant();
    const platform = await makePlatform();
    await give(tenant, { kind: "topup", source: "paid", amount: 9n * DOLLAR, key: "paid" });
    const [begun, others] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = asPlatform(platform, async (tx) => {
      await tx.execute(sql`select 1`);
      begun.resolve();
      await others.promise;
      const { tenantId } = tenant;
      await postCredit(tx, { tenantId, kind: "grant", source: "promo", amount: DOLLAR, key: "slow" });
    });
    await begun.promise;
    await use(tenant.job, [{ cost: 2n * DOLLAR }]);
    await give(tenant, { kind: "grant", source: "promo", amount: 3n * DOLLAR, key: "quick" });
    others.resolve();
    await slow;
    expect(await steps(tenant)).toBe(4);
  });
});
