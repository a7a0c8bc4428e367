import { eq, sql } from "drizzle-orm";
import { beforeAll, describe, expect, it } from "vitest";
import { asPartner, asPlatform, asSystem } from "@/db/access";
import { database } from "@/db/pool";
import { tenants } from "@/db/schema/auth";
import { listPartners } from "@/lib/admin/queries/partners";
import { getOverview } from "@/lib/admin/queries/platform";
import { type Micros, microsFromNumeric } from "@/lib/money";
import { listCustomers } from "@/lib/partners/queries/customers";
import { getPartnerOverview, listMargins } from "@/lib/partners/queries/money";
import { getPartnerBalance } from "@/lib/payouts/queries";
import { withTestDatabase } from "@/lib/testing/database";
import {
  makePartner,
  makePlatform,
  makeTenant,
  type TestPartner,
  type TestTenant,
} from "@/lib/testing/scopes";
import { type Used, use } from "@/lib/wallet/testing";
import { countSome, forgetCounted, lookForWriters, stillOpen } from "./count";
import { sourceForAll } from "./margins";

withTestDatabase();

const DAY_MS = 86_400_000;
const EVER = { start: new Date("2020-01-01T00:00:00Z"), end: new Date("2040-01-01T00:00:00Z") };

let first: TestPartner;
let second: TestPartner;
let stays: TestTenant;
let moves: TestTenant;
let direct: TestTenant;

const handTo = (partnerId: string) =>
  asSystem("test", (tx) => tx.update(tenants).set({ partnerId }).where(eq(tenants.id, moves.tenantId)));

beforeAll(async () => {
  [first, second] = [await makePartner(), await makePartner()];
  [stays, moves] = [await makeTenant(first.partnerId), await makeTenant(first.partnerId)];
  direct = await makeTenant();
});

async function ledger(columns: string, rest = "") {
  const { rows } = await (await database()).pool.query(
    `select ${columns} from ledger_entries e where ${rest}`,
  );
  return rows;
}

const MONEY = `coalesce(sum(tenant_cost), 0)::numeric(18,6)::text as revenue, coalesce(sum(platform_cost), 0)::numeric(18,6)::text as cost,
  coalesce(sum(partner_commission), 0)::numeric(18,6)::text as commission`;
const UTC_DAY = "to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD')";
const SINCE_MONTH = "occurred_at >= date_trunc('month', now() at time zone 'UTC') at time zone 'UTC'";
const LATELY =
  "occurred_at >= (date_trunc('day', now() at time zone 'UTC') - interval '29 days') at time zone 'UTC'";

/** Every page's figures are a plain sum of the ledger's. */
async function agree(): Promise<void> {
  const { end, start } = EVER;
  for (const { scope, partnerId } of [first, second]) {
    const mine = `partner_id = '${partnerId}'`;
    const told = await listMargins(scope, { start, end });
    const byMonth = await ledger(
      `tenant_id::text as "tenantId", to_char(occurred_at at time zone 'UTC', 'YYYY-MM') as month, ${MONEY}`,
      `${mine} group by 1, 2`,
    );
    const plain = told.map(({ tenantName: _, platformCost: cost, ...row }) => ({ ...row, cost }));
    expect(new Set(plain.map((row) => JSON.stringify(row, Object.keys(row).sort())))).toEqual(
      new Set(byMonth.map((row) => JSON.stringify(row, Object.keys(row).sort()))),
    );
    expect(plain).toHaveLength(byMonth.length);
    const [ever] = await ledger("coalesce(sum(partner_commission), 0)::numeric(18,6)::text as sum", mine);
    expect((await getPartnerBalance(scope)).accrued).toBe(microsFromNumeric(ever.sum));
    const overview = await getPartnerOverview(scope);
    const [month] = await ledger(MONEY, `${mine} and ${SINCE_MONTH}`);
    expect({
      revenue: overview.monthRevenue,
      cost: overview.monthCost,
      commission: overview.monthCommission,
    }).toEqual(month);
    const days = await ledger(`${UTC_DAY} as day, ${MONEY}`, `${mine} and ${LATELY} group by 1 order by 1`);
    const from = new Date(Date.now() - 29 * DAY_MS).toISOString().slice(0, 10);
    expect(overview.byDay.filter(({ day }) => day >= from)).toEqual(days);
    for (const { id, monthRevenue, monthCommission } of (await listCustomers(scope, {})).items) {
      const [sum] = await ledger(MONEY, `${mine} and tenant_id = '${id}' and ${SINCE_MONTH}`);
      expect({ revenue: monthRevenue, commission: monthCommission }).toMatchObject({
        revenue: sum.revenue,
        commission: sum.commission,
      });
    }
  }
  const platform = await makePlatform();
  const overview = await getOverview(platform);
  const [all] = await ledger(MONEY, SINCE_MONTH);
  expect({
    revenue: overview.monthRevenue,
    cost: overview.monthPlatformCost,
    commission: overview.monthCommission,
  }).toEqual(all);
  for (const { id, monthRevenue, monthCommission } of await listPartners(platform)) {
    const [sum] = await ledger(MONEY, `partner_id = '${id}' and ${SINCE_MONTH}`);
    expect([monthRevenue, monthCommission]).toEqual([sum.revenue, sum.commission]);
  }
}

async function count(tenant: TestTenant): Promise<void> {
  const look = await lookForWriters(0);
  await expect.poll(() => stillOpen(look)).toBe(0);
  await countSome(tenant.tenantId, look.limit);
}

const ago = (days: number) => new Date(Date.now() - days * DAY_MS);
const made = (cost: Micros, commission: Micros, at?: Date): Used => ({
  cost,
  commission,
  ...(at ? { at } : {}),
});

describe("margins on the pages of partners and the operator are the ledger's", () => {
  it("with nothing counted, with some, after a move to another partner, late usage and corrections", async () => {
    await use(direct.job, [made(5_000_003n, 0n), made(700_001n, 0n, ago(33))]);
    await use(stays.job, [
      made(3_000_001n, 1_000_001n),
      made(2_000_000n, 7n, ago(29)),
      made(11n, 1n, ago(62)),
    ]);
    const then = ago(0.01);
    const [mistake] = await use(moves.job, [made(1_234_567n, 234_567n, then), made(10n, 3n, ago(45))]);
    await agree();
    for (const tenant of [direct, stays, moves]) await count(tenant);
    await agree();
    await handTo(second.partnerId);
    await use(moves.job, [
      made(9_000_009n, 8n),
      { ...made(-1_234_567n, -234_567n, then), type: "reversal", reverses: mistake ?? "" },
    ]);
    await use(stays.job, [made(13n, 2n, ago(62)), made(17n, 3n)]);
    await agree();
    expect((await listMargins(second.scope, EVER)).map(({ tenantId }) => tenantId)).toEqual([moves.tenantId]);
    for (const tenant of [stays, moves]) await count(tenant);
    await use(moves.job, [made(19n, 4n)]);
    await agree();
    await forgetCounted(moves.tenantId);
    await agree();
  });

  it("read the sums while little is not counted, and the ledger alone while counting one of them has far to go", async () => {
    const held = sql`select ${tenants.id} as tenant_id from ${tenants}`;
    const platform = await makePlatform();
    const sources = async () => [
      await asPlatform(platform, (tx) => sourceForAll(tx, held)),
      await asPartner(first.scope, (tx) => sourceForAll(tx, held)),
    ];
    const { pool } = await database();
    for (const tenant of [direct, stays, moves]) await count(tenant);
    const fresh = await makeTenant(first.partnerId);
    await use(fresh.job, [made(1n, 0n)]);
    expect(await sources(), "a new workspace is not counted yet").toEqual(["sums", "sums"]);
    await use(stays.job, [made(23n, 5n)]);
    await pool.query(
      "update usage_counted set until = now() - interval '3 days', margins_until = now() - interval '3 days' where tenant_id = $1",
      [stays.tenantId],
    );
    expect(await sources(), "far behind").toEqual(["ledger", "ledger"]);
    await forgetCounted(stays.tenantId);
    await pool.query(
      `insert into usage_counted (tenant_id, until, after_id) values ($1, '-infinity', '00000000-0000-0000-0000-000000000000')`,
      [stays.tenantId],
    );
    expect(await sources(), "counting it has begun, and all of it is new").toEqual(["sums", "sums"]);
    await agree();
  });
});

it("nothing is counted without its margins, as by a process of before there were any", async () => {
  const { pool } = await database();
  const tenant = await makeTenant(first.partnerId);
  await use(tenant.job, [made(5n, 2n)]);
  const asBefore = () =>
    pool.query(
      "update usage_counted set until = now(), after_id = gen_random_uuid() where tenant_id = $1 and until < now()",
      [tenant.tenantId],
    );
  await pool.query(
    "insert into usage_counted (tenant_id, until, after_id) values ($1, '-infinity', gen_random_uuid()) on conflict do nothing",
    [tenant.tenantId],
  );
  await expect(asBefore()).rejects.toMatchObject({ constraint: "usage_counted_margins_check" });
  await count(tenant);
  await expect(asBefore()).rejects.toMatchObject({ constraint: "usage_counted_margins_check" });
});
