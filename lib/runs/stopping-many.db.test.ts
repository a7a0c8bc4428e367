import { and, eq, isNotNull } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { askForBatch } from "./batch-testing";
import { workOnBatch } from "./batch-work";
import { cancelRuns } from "./commands/bulk";
import { start } from "./commands/testing";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let runs: string[];
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "free", maxRunning: 2 }),
  );
  const graph = chain([transformNode("t", { text: "x" })], "{{ t.text }}");
  const workflowId = await publishGraph(tenant.admin, "Echo", graph);
  runs = [];
  for (let number = 0; number < 6; number += 1) runs.push(await start(tenant, workflowId));
});

/** The runs that were let begin, and how each of all stands. */
async function begun() {
  const ofTenant = eq(executions.tenantId, tenant.tenantId);
  const rows = await asWorker(tenant.job, (tx) =>
    tx.select({ id: executions.id, status: executions.status }).from(executions).where(ofTenant),
  );
  const admitted = await asWorker(tenant.job, (tx) =>
    tx
      .select({ id: executions.id })
      .from(executions)
      .where(and(ofTenant, isNotNull(executions.admittedAt))),
  );
  return {
    ids: admitted.map(({ id }) => id).toSorted(),
    statuses: new Set(rows.map(({ status }) => status)),
  };
}

describe("runs in line that are stopped together with those that go on", () => {
  const ways = {
    "by a filter": async () => {
      const { batchId } = await askForBatch(tenant.admin, "cancel");
      await workOnBatch(tenant.job, batchId, { budgetMs: 60_000 });
    },
    "by their names": async () => {
      const { results } = await cancelRuns(tenant.admin, { executionIds: runs });
      expect(results.map(({ executionId }) => executionId)).toEqual(runs);
    },
  };
  it.each(Object.entries(ways))("do not begin in their places: %s", async (_, stop) => {
    const before = await begun();
    expect(before.ids).toEqual(runs.slice(0, 2));
    await stop();
    expect(await begun()).toEqual({ ids: before.ids, statuses: new Set(["cancelled"]) });
  });
});
