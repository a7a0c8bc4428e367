import { drizzle } from "drizzle-orm/node-postgres";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { partnerRates, systemRates } from "@/db/schema/billing";
import { checkLedgerAsOperator } from "@/lib/billing/run-checks";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePartner, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { hold } from "@/lib/wallet/money-gatherer";
import { give } from "@/lib/wallet/testing";
import { recordUsage } from "./record";
import { countQuantity } from "./resources";

withTestDatabase();

const DOLLAR = 1_000_000n;
let partnerId: string;

beforeAll(async () => {
  partnerId = (await makePartner()).partnerId;
  const db = drizzle((await database()).pool);
  const thing = { resourceType: "workflow_node", unit: "node", effectiveFrom: new Date(0) };
  const systemRateId = newId();
  await db.insert(systemRates).values({ ...thing, id: systemRateId, rate: "0.333333" });
  await db.insert(partnerRates).values({ ...thing, partnerId, systemRateId, rate: "0.777777" });
});

/** Steps of a run: each ends with one settlement of some nodes. */
type Step = { key: string; nodes: number };
/** Told of, or lost: the transaction is not committed. */
type Telling = { step: number; isLost: boolean };

class Lost extends Error {}

async function tell({ job }: TestTenant, { key, nodes }: Step, isLost: boolean): Promise<void> {
  const item = {
    resourceType: "workflow_node",
    modelKey: null,
    quantityMicros: countQuantity(nodes),
    idempotencyKey: key,
    holdKey: key,
  } as const;
  await asWorker(job, async (tx) => {
    await recordUsage(tx, job, { occurredAt: new Date(), items: [item] });
    if (isLost) throw new Lost();
  }).catch((error: unknown) => {
    if (!(error instanceof Lost)) throw error;
  });
}

async function customer(steps: readonly Step[]): Promise<TestTenant> {
  const tenant = await makeTenant(partnerId);
  await give(tenant, { kind: "grant", source: "plan", amount: DOLLAR, key: "plan" });
  await give(tenant, { kind: "topup", source: "paid", amount: 2n * DOLLAR, key: "paid" });
  for (const { key } of steps)
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key }, DOLLAR));
  return tenant;
}

async function booksOf({ tenantId }: TestTenant) {
  const { pool } = await database();
  const of = async (text: string) => (await pool.query(text, [tenantId])).rows;
  return {
    wallet: await of("select balance, allowance, held from wallets where tenant_id = $1"),
    lots: await of("select source, remaining from credit_lots where tenant_id = $1 order by 1"),
    holds: await of("select key, status, settled_amount from credit_holds where tenant_id = $1 order by 1"),
    ledger: await of(
      "select idempotency_key, quantity, platform_cost, tenant_cost, partner_commission from ledger_entries where tenant_id = $1 order by 1",
    ),
    taken: await of(
      "select source, sum(amount) as sum from credit_transactions where tenant_id = $1 and kind = 'usage' group by 1 order by 1",
    ),
  };
}

describe("usage", () => {
  it("makes the same books in whatever order it is told, twice, or lost and told again", async () => {
    const telling = fc.record({ step: fc.nat(5), isLost: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 6 }),
        fc.array(telling, { maxLength: 12 }),
        async (counts, tellings: Telling[]) => {
          const steps = counts.map((nodes, n) => ({ key: `step ${n}`, nodes }));
          const [calm, wild] = [await customer(steps), await customer(steps)];
          for (const step of steps) await tell(calm, step, false);
          for (const { step, isLost } of tellings) {
            const one = steps[step % steps.length];
            if (one) await tell(wild, one, isLost);
          }
          await Promise.all(steps.toReversed().map((step) => tell(wild, step, false)));
          expect(await booksOf(wild)).toEqual(await booksOf(calm));
        },
      ),
      { numRuns: 12 },
    );
    expect((await checkLedgerAsOperator()).filter(({ count }) => count > 0)).toEqual([]);
  });
});
