import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, expect, it } from "vitest";
import { database } from "@/db/pool";
import { executionSteps } from "@/db/schema/ai";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { runEvents } from "./events";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";
import { plantRun } from "./trace-testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

it("tells what a run that was stopped cost in the end, once the calls of its items are closed and billed", async () => {
  const tenant = await makeTenant();
  const graph = chain([transformNode("a", { b: "c" })], "done");
  const workflowId = await publishGraph(tenant.admin, "Each", graph);
  const cost = "0.000100";
  const id = await plantRun(tenant, workflowId, 1, { status: "cancelled", kind: "map", cost });
  const part = { rootExecutionId: id, parentExecutionId: id };
  const item = await plantRun(tenant, workflowId, 1, { status: "cancelled", part, cost: null });
  const db = drizzle((await database()).pool);
  const ofItem = and(eq(executionSteps.tenantId, tenant.tenantId), eq(executionSteps.executionId, item));
  const call = { status: "running", workerId: sql`gen_random_uuid()`, completedAt: null } as const;
  await db.update(executionSteps).set(call).where(ofItem);

  const costs: (string | undefined)[] = [];
  for await (const message of runEvents(tenant.admin, id, { signal: AbortSignal.timeout(30_000) })) {
    costs.push(message?.execution.costMicros);
    if (costs.length > 1) continue;
    // What its call used is billed as it is closed; here by a part of its own.
    await plantRun(tenant, workflowId, 1, { status: "cancelled", part, cost });
    await db.update(executionSteps).set({ status: "cancelled", completedAt: sql`now()` }).where(ofItem);
  }
  expect(costs[0]).toBe("100");
  expect(costs.at(-1)).toBe("200");
});
