import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { asPartner, asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { ledgerEntries } from "@/db/schema/billing";
import { correctionsOf } from "@/lib/billing/corrections";
import { accruedSum } from "@/lib/partners/queries/money";
import { withTestDatabase } from "@/lib/testing/database";
import { analyze, rowsReadIn } from "@/lib/testing/rows-read";
import { makePlatform } from "@/lib/testing/scopes";
import { countSome } from "@/lib/usage/count";
import { cancelPayout } from "./commands/decide";
import { draftPayouts } from "./commands/draft";
import { getPartnerBalance } from "./queries";
import { earnedUntil } from "./rules";
import { sumUnpaid, unpaidSums } from "./sources";
import { type Business, earn, makeBusiness, payoutsOf } from "./testing";

withTestDatabase();

const MANY = 2000;

const query = async (text: string, values: unknown[]) =>
  (await (await database()).pool.query(text, values)).rows;

/** The earning of a business again and again, as if it had been used as often. */
async function repeatEarning({ partnerId }: Business): Promise<void> {
  await query(
    `insert into ledger_funding (id, tenant_id, partner_id, ledger_entry_id, source, lot_id, amount, commission_share, payable, created_at)
     select app.new_id(f.created_at), f.tenant_id, f.partner_id, f.ledger_entry_id, f.source, f.lot_id, f.amount, f.commission_share, f.payable, f.created_at
     from ledger_funding f, generate_series(1, ${MANY}) where f.partner_id = $1`,
    [partnerId],
  );
  await analyze("ledger_funding");
}

const unpaid = ({ partnerId }: Business) =>
  asSystem("test", (tx) => sumUnpaid(tx, partnerId, earnedUntil(new Date())));
const read = ({ partnerId }: Business) =>
  asSystem("test", (tx) => rowsReadIn(tx, "ledger_funding", unpaidSums(partnerId, earnedUntil(new Date()))));

test("what was paid out is not read again to know what is owed; what a cancelled payout frees is", async () => {
  const business = await makeBusiness();
  await earn(business, 1_000_000n);
  await repeatEarning(business);
  const all = 1_000_000n * BigInt(MANY + 1);
  expect(await unpaid(business)).toEqual({ payable: all, waiting: 0n });
  await draftPayouts();
  await earn(business, 5_000_000n, 20);
  expect(await unpaid(business)).toEqual({ payable: 0n, waiting: 5_000_000n });
  expect(await read(business)).toBe(1);
  const [payout] = await payoutsOf(business.partnerId);
  await cancelPayout(await makePlatform(), { payoutId: payout?.id ?? "", reason: "Looked at again" });
  expect(await unpaid(business)).toEqual({ payable: all, waiting: 5_000_000n });
});

test("what was ever accrued is known without reading all usage that there ever was", async () => {
  const business = await makeBusiness();
  const { customer, partnerId, scope } = business;
  await query(
    `insert into ledger_entries (id, tenant_id, partner_id, resource_type, quantity, unit, platform_cost, tenant_cost, partner_commission,
       idempotency_key, system_rate, tenant_rate, occurred_at, created_at)
     select app.new_id(at), $1, $2, 'workflow_node', 1, 'node', 1, 3, 2, 'used ' || n, 1, 3, at, at
     from (select n, now() - interval '3 days' - n * interval '1 minute' as at from generate_series(1, ${MANY}) n) old`,
    [customer.tenantId, partnerId],
  );
  while (await countSome(customer.tenantId, new Date(Date.now() - 3_600_000).toISOString()));
  await earn(business, 5_000_000n, 0);
  await analyze("ledger_entries");
  expect((await getPartnerBalance(scope)).accrued).toBe(BigInt(MANY) * 2_000_000n + 5_000_000n);
  await asPartner(scope, async (tx) => {
    expect(await rowsReadIn(tx, "ledger_entries", await accruedSum(tx))).toBeLessThan(10);
  });
});

test("what was taken back of an entry is found without reading the others of its tenant", async () => {
  const business = await makeBusiness();
  const { customer } = business;
  await earn(business, 1_000_000n);
  await query(
    `insert into ledger_entries (id, tenant_id, resource_type, quantity, unit, platform_cost, tenant_cost, partner_commission,
       idempotency_key, system_rate, tenant_rate, occurred_at)
     select gen_random_uuid(), e.tenant_id, e.resource_type, e.quantity, e.unit, e.tenant_cost, e.tenant_cost, 0,
       'again ' || n, e.system_rate, e.tenant_rate, e.occurred_at + n * interval '1 minute'
     from ledger_entries e, generate_series(1, ${MANY}) n where e.tenant_id = $1`,
    [customer.tenantId],
  );
  await analyze("ledger_entries");
  const [entry] = await query("select id, occurred_at from ledger_entries where tenant_id = $1 limit 1", [
    customer.tenantId,
  ]);
  const corrections = correctionsOf({
    id: entry.id,
    tenantId: customer.tenantId,
    occurredAt: entry.occurred_at,
  });
  const rows = await asSystem("test", (tx) =>
    rowsReadIn(tx, "ledger_entries", sql`select from ${ledgerEntries} where ${corrections}`),
  );
  expect(rows).toBeLessThanOrEqual(1);
});
