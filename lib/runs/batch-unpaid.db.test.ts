import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { asPlatform, asSystem, asWorker } from "@/db/access";
import { subscriptions } from "@/db/schema/plans";
import { runBatches } from "@/db/schema/run-batches";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { getBatch } from "./batch-queries";
import { askForBatch as ask } from "./batch-testing";
import { workOnBatch } from "./batch-work";
import { cancelRun } from "./commands/cancel";
import { start } from "./commands/testing";
import { findStrayBatches } from "./sweep";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let runs: string[];
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  const graph = chain([transformNode("t", { text: "x" })], "{{ t.text }}");
  const workflowId = await publishGraph(tenant.admin, "Echo", graph);
  runs = [await start(tenant, workflowId), await start(tenant, workflowId)];
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "free" }),
  );
});

const work = (batchId: string) => workOnBatch(tenant.job, batchId, { budgetMs: 60_000 });

/** What dunning does to starts, and what a payment does. */
const block = (startsBlockedReason: string | null) =>
  asSystem("test", (tx) =>
    tx
      .update(subscriptions)
      .set({ startsBlockedReason, startsBlockedAt: startsBlockedReason ? new Date() : null })
      .where(eq(subscriptions.tenantId, tenant.tenantId)),
  );

/** The batches that the sweep takes up, a while after they were last worked on. */
async function strays(): Promise<string[]> {
  const updatedAt = new Date(Date.now() - 90_000);
  await asWorker(tenant.job, (tx) => tx.update(runBatches).set({ updatedAt }));
  return (await findStrayBatches()).map(({ batchId }) => batchId);
}

it("work on many runs waits while an invoice keeps runs from starting, and goes on once it is paid", async () => {
  const [first = ""] = runs;
  await cancelRun(tenant.admin, { executionId: first });
  const resume = await ask(tenant.admin, "resume");
  const replay = await ask(tenant.admin, "replay");
  const cancel = await ask(tenant.admin, "cancel");
  await block("Invoice HB-2026-000007 is not paid.");
  for (const { batchId } of [resume, replay]) {
    expect(await work(batchId)).toBeNull();
    expect(await getBatch(tenant.admin, batchId)).toMatchObject({
      status: "running",
      note: expect.stringContaining("invoice HB-2026-000007 is not paid"),
      done: 0,
      refused: 0,
    });
  }
  expect(await strays()).toEqual([cancel.batchId]);
  expect(await work(cancel.batchId)).toBeNull();
  expect(await getBatch(tenant.admin, cancel.batchId)).toMatchObject({ status: "completed", done: 1 });

  await block(null);
  expect((await strays()).toSorted()).toEqual([resume.batchId, replay.batchId].toSorted());
  for (const [{ batchId }, done] of [
    [resume, 1],
    [replay, 2],
  ] as const) {
    expect(await work(batchId)).toBeNull();
    expect(await getBatch(tenant.admin, batchId)).toMatchObject({ status: "completed", done, note: null });
  }
});
