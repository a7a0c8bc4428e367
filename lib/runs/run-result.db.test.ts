import { and, eq } from "drizzle-orm";
import { beforeAll, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { firstFailure, outputStatement } from "./run-result";
import { nextRevision } from "./store";
import { outputNode, publishGraph, seedRunPrices } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

/** Begun in another order than that of their names, in which they are found. */
const ENDS = ["third", "second", "first"];

let tenant: TestTenant;
let executionId: string;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
  const graph = testGraph(
    [testNode("input", "input"), ...ENDS.map((id) => outputNode(id, { result: id }))],
    ENDS.map((id) => testEdge("input", id)),
  );
  const workflowId = await publishGraph(tenant.admin, "Three outputs", graph);
  ({ executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "x" } }));
  for (const nodeId of ["input", ...ENDS]) await executeNode(tenant.job, { executionId, nodeId });
});

/** Ends all of them at one moment; those that are begun last are written first. */
function endTogether(set: Partial<typeof executionSteps.$inferInsert>) {
  return asWorker(tenant.job, async (tx) => {
    for (const nodeId of ENDS.toReversed()) {
      const its = and(eq(executionSteps.executionId, executionId), eq(executionSteps.nodeId, nodeId));
      await tx
        .update(executionSteps)
        .set({ ...set, revision: nextRevision, completedAt: new Date("2030-01-01T00:00:00Z") })
        .where(its);
    }
  });
}

it("takes outputs that end at one moment in the order in which they were begun", async () => {
  await endTogether({});
  const outputs = await asWorker(tenant.job, (tx) => outputStatement(tx, tenant.job, executionId).execute());
  expect(outputs.map(({ output }) => output)).toEqual(ENDS.map((result) => ({ result })));
});

it("ends a run at the one that was begun first of those that failed at one moment", async () => {
  await endTogether({ status: "failed", errorMessage: "It broke." });
  const failure = await asWorker(tenant.job, (tx) => firstFailure(tx, tenant.job, executionId));
  expect(failure).toMatchObject({ status: "failed", nodeId: "third" });
});
