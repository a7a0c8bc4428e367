import { expect, it } from "vitest";
import { z } from "zod";
import { database } from "@/db/pool";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { prepaidTenant, use } from "./testing";

withTestDatabase();

const planSchema = z.tuple([
  z.object({ Plan: z.object({ "Shared Hit Blocks": z.number(), "Shared Read Blocks": z.number() }) }),
]);

/** How many pages of the database are looked at for paying for rows that are paid for already. */
async function pagesRead({ tenantId }: TestTenant, entryIds: readonly string[]): Promise<number> {
  const { pool } = await database();
  const call = `app.spend('${tenantId}', '{${entryIds}}', array_fill(0, array[${entryIds.length}]), '{}', '{}', '[]', false, now())`;
  const explain = `explain (analyze, buffers, format json) select * from ${call}`;
  // What the first call makes for itself is looked up once for a connection.
  await pool.query(explain);
  const { rows } = await pool.query(explain);
  const [{ Plan: plan }] = planSchema.parse(rows[0]["QUERY PLAN"]);
  return plan["Shared Hit Blocks"] + plan["Shared Read Blocks"];
}

it("reads for a payment no more of a workspace that has used much than of another", async () => {
  const [large, small] = [await prepaidTenant(), await prepaidTenant()];
  const three = () => [newId(), newId(), newId()];
  const [ofLarge, ofSmall] = [three(), three()];
  await use(large.job, [{ cost: 1n }, { cost: 1n }, { cost: 1n }], { ids: ofLarge });
  await use(small.job, [{ cost: 1n }, { cost: 1n }, { cost: 1n }], { ids: ofSmall });
  const { pool } = await database();
  await pool.query(
    `insert into ledger_entries (id, tenant_id, resource_type, unit, quantity, platform_cost, tenant_cost, partner_commission, system_rate, tenant_rate, idempotency_key, occurred_at)
      select gen_random_uuid(), '${large.tenantId}', 'workflow_node', 'node', 1, 0, 0, 0, 0, 0, n, now() from generate_series(1, 20000) n`,
  );
  await pool.query("analyze ledger_entries");
  expect(await pagesRead(large, ofLarge)).toBeLessThan((await pagesRead(small, ofSmall)) + 30);
});
