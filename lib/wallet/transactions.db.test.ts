import { expect, it } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
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
  const { items } = await listTransactions(tenant.admin, {}, 1_000);
  expect(items.length).toBeGreaterThan(60);
  const chain = items.toReversed();
  const expected = { balance: 0n, allowance: 0n };
  for (const { source, amount, balanceAfter, allowanceAfter } of chain) {
    expected[source === "plan" ? "allowance" : "balance"] += amount;
    expect({ balance: balanceAfter, allowance: allowanceAfter }).toEqual(expected);
  }
  expect(await brokenMoney()).toEqual([]);
});
