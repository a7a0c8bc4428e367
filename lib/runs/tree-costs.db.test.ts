import { expect, test } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { rowsRead } from "@/lib/testing/rows-read";
import { makeTenant } from "@/lib/testing/scopes";
import { treeCosts, treeSums } from "./queries";
import { chain, publishGraph, transformNode } from "./testing";
import { analyzeRuns, plantRun } from "./trace-testing";

withTestDatabase();

const PARTS = 3_000;

test("what a page of runs has cost is read without the rest of the ledger, also beside runs of many parts", async () => {
  const tenant = await makeTenant();
  const graph = chain([transformNode("t", { text: "x" })], "{{ t.text }}");
  const workflowId = await publishGraph(tenant.admin, "Echo", graph);
  const large = await plantRun(tenant, workflowId, 1);
  const { pool } = await database();
  await pool.query(
    `with part as (
       insert into executions (id, tenant_id, workflow_id, status, trigger, root_execution_id, depth)
       select app.new_id(now()), $1, $2, 'completed', 'workflow', $3::uuid, 1 from generate_series(1, $4::int) returning id)
     insert into ledger_entries (id, tenant_id, execution_id, root_execution_id, resource_type, quantity, unit, platform_cost,
       tenant_cost, partner_commission, idempotency_key, system_rate, tenant_rate, occurred_at)
     select app.new_id(now()), $1, p.id, $3::uuid, 'workflow_node', 1, 'node', 0.0001, 0.0001, 0, 'part:' || p.id, 0.0001, 0.0001, now() from part p`,
    [tenant.tenantId, workflowId, large, PARTS],
  );
  const page: string[] = [];
  while (page.length < 25) page.push(await plantRun(tenant, workflowId, 1));
  await analyzeRuns();
  const asked = [...page, newId()];
  const costs = await asTenant(tenant.admin, (tx) => treeCosts(tx, tenant.admin, [...asked, large]));
  expect(costs.get(large)).toBe(String((PARTS + 1) * 100));
  expect(page.map((id) => costs.get(id))).toEqual(page.map(() => "100"));
  expect(costs.size).toBe(page.length + 1);
  const read = await rowsRead(tenant.admin, "ledger_entries", () => ({
    getSQL: () => treeSums(tenant.admin, asked),
  }));
  expect(read).toBeLessThan(100);
});
