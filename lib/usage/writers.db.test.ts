import { Client, type PoolClient } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { database } from "@/db/pool";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { use } from "@/lib/wallet/testing";
import { countSome, lookForWriters, stillOpen } from "./count";

withTestDatabase();

const FIRST = Date.UTC(2026, 2, 1);

// PGlite has one connection: nothing can be open beside it.
describe.runIf(testServerUrl())("a transaction that is long open", () => {
  let writer: PoolClient;
  beforeEach(async () => {
    writer = await (await database()).pool.connect();
    await writer.query("begin");
  });
  afterEach(() => writer.release(true));

  it("is waited for from its first moment, before it has written anything: its rows are dated by its begin", async () => {
    const tenant = await makeTenant();
    await use(tenant.job, [{ at: new Date(FIRST), cost: 1_000_000n }]);
    await writer.query("select 1");
    const look = await lookForWriters(0);
    expect(await stillOpen(look)).toBeGreaterThanOrEqual(1);
    await writer.query(
      `insert into ledger_entries (id, tenant_id, resource_type, quantity, unit, platform_cost, tenant_cost,
         partner_commission, idempotency_key, system_rate, tenant_rate, occurred_at)
       values ($1, $2, 'workflow_node', 1, 'node', 2, 2, 0, $3, 2, 2, $4)`,
      [newId(), tenant.tenantId, "late", new Date(FIRST)],
    );
    expect(await stillOpen(look)).toBeGreaterThanOrEqual(1);
    await writer.query("commit");
    await expect.poll(() => stillOpen(look)).toBe(0);
    while (await countSome(tenant.tenantId, look.limit));
    const { rows } = await (await database()).pool.query(
      "select sum(tenant_cost)::text as sum from usage_sums where tenant_id = $1",
      [tenant.tenantId],
    );
    expect(rows).toEqual([{ sum: "3.000000" }]);
  });

  it("of another database holds nothing up", async () => {
    const elsewhere = new Client({ connectionString: testServerUrl() });
    await elsewhere.connect();
    try {
      await elsewhere.query("begin");
      await writer.query("commit");
      const look = await lookForWriters(0);
      await expect.poll(() => stillOpen(look)).toBe(0);
    } finally {
      await elsewhere.end();
    }
  });
});
