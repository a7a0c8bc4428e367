import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { systemRates } from "@/db/schema/billing";
import { chat, type Reply } from "@/e2e/provider/replies";
import { until } from "@/inngest/engine/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { DRIVE_MS, driveRun } from "./drive";
import { askNode, begin, seedFaultModel } from "./faults/testing/scene";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";
import { chain, outputNode, publishGraph, readRun, transformNode } from "./testing";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

let model: string;
let tenant: TestTenant;
beforeAll(async () => {
  model = await seedFaultModel(provider);
});
afterAll(() => provider.close());
beforeEach(async () => {
  tenant = await makeTenant();
  provider.reset();
});

const drive = (executionId: string, options = {}) =>
  driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS, ...options });

/** Drives a run on until nothing asks for it any more. */
async function driveOn(executionId: string): Promise<void> {
  await until("the run to need no more", async () => (await drive(executionId)).againMs === null);
}

/** A run of input → the nodes beside each other → output. */
async function startBeside(nodes: readonly GraphNode[]): Promise<string> {
  const graph = testGraph(
    [testNode("input", "input"), ...nodes, outputNode("output", { result: "done" })],
    nodes.flatMap(({ id }) => [testEdge("input", id), testEdge(id, "output")]),
  );
  return begin(tenant, await publishGraph(tenant.admin, "Beside", graph), "beside");
}

async function standOf(executionId: string) {
  const { run, steps, ledger } = await readRun(tenant.job, executionId);
  const step = (nodeId: string) => steps.find((each) => each.nodeId === nodeId);
  return { run, steps, ledger, step };
}

describe("driving a run", () => {
  it("asks for each of many nodes once, however many drive it, and never beyond what the tenant may", async () => {
    const asks = Array.from({ length: 20 }, (_, index) => askNode(`ask${index}`, model, "[[ok 30]]"));
    const executionId = await startBeside(asks);
    await Promise.all([driveOn(executionId), driveOn(executionId), driveOn(executionId)]);
    const { run, steps, ledger } = await standOf(executionId);
    expect(run.status).toBe("completed");
    expect(steps.map(({ status, attempt }) => [status, attempt])).toEqual(steps.map(() => ["completed", 1]));
    const asked = provider.requests.map(({ key }) => key.split(" ")[0]);
    expect(asked.toSorted()).toEqual(asks.map(({ id }) => `@beside/${id}@`).toSorted());
    expect(provider.journal.mostAtOnce()).toBeLessThanOrEqual(STEPS_AT_ONCE_PER_TENANT);
    expect(provider.journal.mostAtOnce()).toBeGreaterThan(1);
    expect(ledger.filter((row) => row.resourceType === "workflow_node")).toHaveLength(22);
  });

  it("begins what a node lets go on while others are still under way", async () => {
    const ids = ["slow", "first", "second"];
    const asks = ids.map((id) => askNode(id, model));
    const graph = testGraph(
      [testNode("input", "input"), ...asks, outputNode("output", { result: "done" })],
      [
        testEdge("input", "slow"),
        testEdge("input", "first"),
        testEdge("first", "second"),
        testEdge("second", "output"),
        testEdge("slow", "output"),
      ],
    );
    const isOf = (id: string, { key }: { key: string }) => key.startsWith(`@uneven/${id}@`);
    const fine = chat({ content: "All is well." });
    const secondAsked = Promise.withResolvers<void>();
    const reply: Reply = async (response, request) => {
      if (isOf("second", request)) secondAsked.resolve();
      if (isOf("slow", request)) await secondAsked.promise;
      await fine(response, request);
    };
    const executionId = await begin(tenant, await publishGraph(tenant.admin, "Uneven", graph), "uneven");
    provider.play(reply, reply, reply);
    expect(await drive(executionId, { budgetMs: 60_000 })).toEqual({ againMs: null });
    expect((await standOf(executionId)).run.status).toBe("completed");
    const asked = ids.map((id) => provider.requests.find((request) => isOf(id, request)));
    expect(asked[2]?.startedAt).toBeLessThan(asked[0]?.endedAt ?? 0);
  });

  it("without time left computes, begins nothing else, and asks to be called again at once", async () => {
    const executionId = await begin(
      tenant,
      await publishGraph(tenant.admin, "Later", chain([askNode("ask", model)], "done")),
      "later",
    );
    expect(await drive(executionId, { budgetMs: 0 })).toEqual({ againMs: 0 });
    expect(provider.requests).toEqual([]);
    expect((await standOf(executionId)).step("input")?.status).toBe("completed");
    expect(await drive(executionId)).toEqual({ againMs: null });
    expect((await standOf(executionId)).run.status).toBe("completed");
  });

  it("leaves a node that is to be tried again to a later call, when nothing else is under way", async () => {
    const executionId = await startBeside([askNode("ask", model, "[[busy 1 30]]")]);
    const { againMs } = await drive(executionId);
    expect(againMs).toBeGreaterThan(1_000);
    expect(againMs).toBeLessThanOrEqual(30_000);
    const waits = eq(executionSteps.status, "running");
    await asWorker(tenant.job, (tx) =>
      tx.update(executionSteps).set({ leaseUntil: sql`now()` }).where(waits),
    );
    await driveOn(executionId);
    expect((await standOf(executionId)).step("ask")).toMatchObject({ status: "completed", attempt: 2 });
  });

  it("computes a long row in several transactions, and ends it in one call", async () => {
    const row = Array.from({ length: 250 }, (_, index) => transformNode(`t${index}`, { text: "x" }));
    const executionId = await begin(
      tenant,
      await publishGraph(tenant.admin, "Long", chain(row, "{{ t249.text }}")),
      "long",
    );
    await driveOn(executionId);
    const { run, steps, ledger } = await standOf(executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: "x" } });
    expect([steps.length, ledger.length]).toEqual([252, 252]);
  });

  it("does not exist for another tenant", async () => {
    const executionId = await startBeside([askNode("ask", model)]);
    const other = await makeTenant();
    const foreign = driveRun(other.job, executionId, { budgetMs: DRIVE_MS });
    await expect(foreign).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a price that goes away while a run is under way", () => {
  it("fails the node that has none, and keeps what the others gave", async () => {
    const later = askNode("later", model);
    const graph = testGraph(
      [testNode("input", "input"), askNode("ask", model), later, outputNode("output", { result: "done" })],
      [testEdge("input", "ask"), testEdge("ask", "later"), testEdge("later", "output")],
    );
    const executionId = await begin(tenant, await publishGraph(tenant.admin, "Priced", graph), "priced");
    const platform = await makePlatform();
    provider.play(async (response, request) => {
      await asPlatform(platform, (tx) =>
        tx.update(systemRates).set({ effectiveTo: sql`now()` }).where(eq(systemRates.modelKey, model)),
      );
      await chat({ content: "All is well." })(response, request);
    });
    await driveOn(executionId);
    const { run, step } = await standOf(executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "later", errorCode: "rate_missing" });
    expect(step("ask")?.status).toBe("completed");
  });
});
