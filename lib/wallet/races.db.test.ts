import { eq } from "drizzle-orm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { creditHolds, creditLots, wallets } from "@/db/schema/wallets";
import { newId } from "@/lib/ids";
import { microsFromNumeric } from "@/lib/money";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { type OpenLot, planBurn } from "./burn";
import { hold } from "./money-gatherer";
import { getWallet } from "./queries";
import { refusalOf } from "./refusal";
import { brokenMoney, give, prepaidTenant, use } from "./testing";

withTestDatabase();

const DOLLAR = 1_000_000n;

/** Sets a dollar aside; false when it is refused. */
const tryHold = (tenant: TestTenant, key: string) =>
  asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key }, DOLLAR)).then(
    () => true,
    (error: unknown) => {
      if (refusalOf(error)?.reason === "needs_credit") return false;
      throw error;
    },
  );

describe("many at once", () => {
  it("400 holds of a dollar on a wallet of a hundred: a hundred are admitted", async () => {
    const tenant = await prepaidTenant();
    await give(tenant, { kind: "topup", source: "paid", amount: 100n * DOLLAR, key: "t" });
    const tries = await Promise.all(Array.from({ length: 400 }, (_, n) => tryHold(tenant, `hold ${n}`)));
    expect(tries.filter(Boolean)).toHaveLength(100);
    expect(await brokenMoney()).toEqual([]);
  });

  it("three settlers of each hold: each is settled once, with one ledger row and one payment", async () => {
    const tenant = await prepaidTenant();
    await give(tenant, { kind: "topup", source: "paid", amount: 100n * DOLLAR, key: "t" });
    const holds = Array.from({ length: 20 }, (_, n) => ({ key: `hold ${n}`, ids: [newId()] }));
    for (const { key } of holds) await tryHold(tenant, key);
    const settle = ({ key, ids }: (typeof holds)[number]) =>
      use(tenant.job, [{ cost: DOLLAR / 2n }], { holdKey: key, ids });
    await Promise.all([...holds, ...holds, ...holds].map(settle));
    const [wallet] = await asWorker(tenant.job, (tx) => tx.select().from(wallets));
    expect(wallet).toMatchObject({ balance: "90.000000", held: "0.000000" });
    const ended = await asWorker(tenant.job, (tx) =>
      tx.select({ id: creditHolds.id }).from(creditHolds).where(eq(creditHolds.status, "settled")),
    );
    expect(ended).toHaveLength(20);
    expect(await brokenMoney()).toEqual([]);
  });
});

// PGlite has one connection.
describe.runIf(testServerUrl())("who looks at a wallet while it is spent from", () => {
  it("sees balance and credit of one moment: nothing is owed that is not", async () => {
    const tenant = await prepaidTenant();
    await give(tenant, { kind: "topup", source: "paid", amount: 100n * DOLLAR, key: "t" });
    let isDone = false;
    const seen = new Set<bigint>();
    const look = async () => {
      while (!isDone) seen.add((await getWallet(tenant.admin)).owed);
    };
    const spend = async () => {
      for (let n = 0; n < 300; n += 1) await use(tenant.job, [{ cost: DOLLAR / 100n }]);
      isDone = true;
    };
    await Promise.all([spend(), look(), look(), look()]);
    expect([...seen]).toEqual([0n]);
  });
});

describe("the function that settles", () => {
  const grant = fc.record({
    kind: fc.constant("grant" as const),
    source: fc.constantFrom("plan" as const, "promo" as const, "paid" as const),
    amount: fc.bigInt({ min: 1n, max: 5n * DOLLAR }),
    days: fc.option(fc.integer({ min: 1, max: 5 })),
  });
  const usage = fc.record({
    kind: fc.constant("use" as const),
    costs: fc.array(fc.bigInt({ min: 0n, max: 3n * DOLLAR }), { minLength: 1, maxLength: 4 }),
  });

  it("burns as its model does, in whatever order things come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(grant, usage), { minLength: 1, maxLength: 12 }), async (steps) => {
        const tenant = await prepaidTenant();
        const lots: OpenLot[] = [];
        let owed = 0n;
        for (const [n, step] of steps.entries()) {
          if (step.kind === "grant") {
            const expiresAt = step.days === null ? null : new Date(Date.now() + step.days * 86_400_000);
            const { source, amount } = step;
            const { lotId } = await give(tenant, {
              kind: "grant",
              source,
              amount,
              key: `g${n}`,
              facts: { expiresAt },
            });
            lots.push({ id: lotId ?? "", source, remaining: amount, expiresAt, isFrozen: false });
          } else {
            await use(
              tenant.job,
              step.costs.map((cost) => ({ cost })),
            );
            for (const cost of step.costs)
              for (const burn of planBurn(lots, cost)) {
                const at = lots.findIndex((lot) => lot.id === burn.lotId);
                const lot = lots[at];
                if (lot) lots[at] = { ...lot, remaining: lot.remaining - burn.amount };
                else owed += burn.amount;
              }
          }
        }
        const left = await asWorker(tenant.job, (tx) =>
          tx.select({ id: creditLots.id, remaining: creditLots.remaining }).from(creditLots),
        );
        expect(new Map(left.map((lot) => [lot.id, microsFromNumeric(lot.remaining)]))).toEqual(
          new Map(lots.map((lot) => [lot.id, lot.remaining])),
        );
        const [wallet] = await asWorker(tenant.job, (tx) => tx.select().from(wallets));
        const money = lots
          .filter((lot) => lot.source !== "plan")
          .reduce((sum, lot) => sum + lot.remaining, 0n);
        expect(microsFromNumeric(wallet?.balance ?? "0")).toBe(money - owed);
      }),
      { numRuns: 12 },
    );
    expect(await brokenMoney()).toEqual([]);
  });
});
