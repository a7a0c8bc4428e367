import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { approvals } from "@/db/schema/run-control";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { readBell } from "@/lib/notifications/queries/inbox";
import { startRun } from "@/lib/runs/commands/start";
import { outputNode, publishGraph, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { remindAll, tenantsToRemind } from "./sweep";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
});
afterAll(() => embedded().engine.stop(2_000));

/** A workspace with a question whose reminder is due. */
async function asking(): Promise<TestTenant> {
  const tenant = await makeTenant();
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("approval", "approval", {
        title: "Pay?",
        message: "",
        fields: [],
        who: "anyone",
        userIds: [],
      }),
      outputNode("output", { result: "paid" }),
    ],
    [testEdge("input", "approval"), testEdge("approval", "output", "approved")],
  );
  const workflowId = await publishGraph(tenant.admin, "Invoices", graph);
  await startRun(tenant.member, { workflowId, useDraft: false, input: { text: "Acme" } });
  const makeDue = () =>
    asWorker(tenant.job, (tx) =>
      tx.update(approvals).set({ remindAt: sql`now()`, remindedAt: null }).returning({ id: approvals.id }),
    );
  await until("the question", async () => (await makeDue()).length > 0, 60_000);
  return tenant;
}

it("reminds in every workspace but the one where it fails, and there once it can", async () => {
  const tenants = [await asking(), await asking(), await asking()];
  const [firstId] = await tenantsToRemind();
  const failing = tenants.find(({ tenantId }) => tenantId === firstId);
  const others = tenants.filter((tenant) => tenant !== failing);
  if (!failing) throw new Error("a workspace of another test is due");
  const { pool } = await database();
  await pool.query(`
    create function refuses() returns trigger language plpgsql as $$
    begin raise exception 'not now'; end $$;
    create trigger refuses before insert on notifications for each row
    when (new.tenant_id = '${failing.tenantId}' and new.title like 'Still waiting%') execute function refuses()`);
  try {
    expect(await remindAll()).toBe(others.length);
  } finally {
    await pool.query("drop trigger refuses on notifications; drop function refuses()");
  }
  expect(await remindAll()).toBe(1);
  for (const tenant of tenants) {
    expect((await readBell(tenant.admin)).latest.map(({ title }) => title)).toContain("Still waiting: Pay?");
  }
});
