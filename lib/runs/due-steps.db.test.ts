import { eq, sql } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { DUE_PAGE, type DuePlace, findDueSteps, wakeDueStep } from "./sweep";
import { beginRun, outputNode, publishGraph, readRun, seedRunPrices } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => seedRunPrices());
afterEach(() => {
  vi.useRealTimers();
});

const HOUR_MS = 3_600_000;

/** A step that waits for two hours, and would have gone on this long ago. */
async function waits({ admin, job }: TestTenant, agoMs: number): Promise<string> {
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("sit", "wait", { mode: "for", amount: 2, unit: "hours", until: "" }),
      outputNode("output", { done: "yes" }),
    ],
    [testEdge("input", "sit"), testEdge("sit", "output")],
  );
  const workflowId = await publishGraph(admin, `Waits ${agoMs}`, graph);
  const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "x" } });
  await beginRun(job, executionId);
  for (const nodeId of ["input", "sit"]) await executeNode(job, { executionId, nodeId });
  const { steps } = await readRun(job, executionId);
  const stepId = steps.find(({ nodeId }) => nodeId === "sit")?.id ?? "";
  const wakeAt = sql`now() - ${agoMs}::float8 * interval '1 millisecond'`;
  await asWorker(job, (tx) => tx.update(executionSteps).set({ wakeAt }).where(eq(executionSteps.id, stepId)));
  return stepId;
}

it("however many waited for one time, those after them are found with them", async () => {
  const [crowded, other] = [await makeTenant(), await makeTenant()];
  const crowd = await waits(crowded, HOUR_MS);
  await asWorker(crowded.job, (tx) =>
    tx.execute(sql`
      insert into execution_steps (id, tenant_id, execution_id, node_id, iteration, kind, name, status, wake_at)
      select gen_random_uuid(), tenant_id, execution_id, node_id, n, kind, name, status, wake_at
      from execution_steps, generate_series(1, ${DUE_PAGE}::int) n where id = ${crowd}`),
  );
  const late = await waits(other, 60_000);
  const found: string[] = [];
  let after: DuePlace | undefined;
  for (const size of [DUE_PAGE, 2]) {
    const page = await findDueSteps(after);
    expect(page).toHaveLength(size);
    found.push(...page.map(({ stepId }) => stepId));
    after = page.at(-1);
  }
  expect([new Set(found).size, found.at(-1)]).toEqual([DUE_PAGE + 2, late]);
  await asWorker(crowded.job, (tx) =>
    tx.update(executionSteps).set({ wakeAt: null }).where(eq(executionSteps.nodeId, "sit")),
  );
});

// What is embedded has the clock of its process.
describe.runIf(testServerUrl())("a process whose clock is off", () => {
  it("and behind lets go on what is due by the database's, and not once it is due by its own", async () => {
    const tenant = await makeTenant();
    const stepId = await waits(tenant, 60_000);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - HOUR_MS });
    for (const { tenantId, ...due } of await findDueSteps())
      if (tenantId === tenant.tenantId) await wakeDueStep(tenant.job, due);
    const [step] = await asWorker(tenant.job, (tx) =>
      tx.select().from(executionSteps).where(eq(executionSteps.id, stepId)),
    );
    expect(step?.status).toBe("completed");
  });
});
