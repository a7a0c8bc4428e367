import { asc, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { executionSteps, executions } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import { until } from "@/inngest/engine/testing";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { closeDrive, finishRun } from "./finish";
import { newFollowUps } from "./follow-up";
import { wakeStep } from "./suspended";
import { beginRun, outputNode, publishGraph, readRun, seedRunPrices, settleWaitingStep } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

/** A run of input → the node → output that is under way, and has its input done. */
async function begun(node: GraphNode, text = "x", body: readonly GraphNode[] = []): Promise<string> {
  const graph = testGraph(
    [testNode("input", "input"), node, ...body, outputNode("output", { done: "yes" })],
    [testEdge("input", node.id), testEdge(node.id, "output", node.kind === "approval" ? "approved" : "out")],
  );
  const workflowId = await publishGraph(tenant.admin, `Waits ${node.id}`, graph);
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } });
  await beginRun(tenant.job, executionId);
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  return executionId;
}

const ask = (message = "") =>
  testNode("ask", "approval", { title: "Go?", message, fields: [], who: "anyone", userIds: [] });

function partsOf(executionId: string) {
  return asWorker(tenant.job, (tx) =>
    tx
      .select()
      .from(executions)
      .where(eq(executions.parentExecutionId, executionId))
      .orderBy(asc(executions.itemIndex)),
  );
}

describe("a step that waits", () => {
  it("keeps nothing of what was begun when it cannot be left waiting", async () => {
    const executionId = await begun(ask("{{ input.text }}{{ input.text }}"), "é".repeat(400_000));
    expect(await executeNode(tenant.job, { executionId, nodeId: "ask" })).toEqual({ status: "failed" });
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")?.errorCode).toBe("output_too_large");
    const asked = await asWorker(tenant.job, (tx) =>
      tx.select().from(approvals).where(eq(approvals.executionId, executionId)),
    );
    expect(asked).toEqual([]);
  });

  it("stops with the first item that a suspended workspace stopped, even one that skips failed items", async () => {
    const map = testNode("each", "map", {
      items: 'input.text.split(",")',
      maxParallel: 1,
      maxItems: 100,
      onItemError: "skip",
      mode: "expression",
      value: "say.text",
    });
    const say = testNode("say", "transform", {
      fields: [{ key: "text", mode: "template", value: "{{ item }}" }],
    });
    const executionId = await begun(map, "a,b,c", [{ ...say, parent: "each" }]);
    expect(await executeNode(tenant.job, { executionId, nodeId: "each" })).toEqual({ status: "waiting" });
    const [first] = await partsOf(executionId);
    await asSystem("test", (tx) =>
      tx.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenant.tenantId)),
    );
    const part = { executionId: first?.id ?? "" };
    await beginRun(tenant.job, part.executionId);
    expect(await executeNode(tenant.job, { ...part, nodeId: "say" })).toEqual({ status: "failed" });
    await finishRun(tenant.job, part.executionId);
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "each")).toMatchObject({
      status: "failed",
      errorCode: "tenant_suspended",
    });
    expect(await partsOf(executionId)).toHaveLength(1);
  });

  it("whose time ends in a suspended workspace stops its run, whatever it says of errors", async () => {
    const map = testNode("each", "map", {
      items: 'input.text.split(",")',
      maxParallel: 1,
      maxItems: 100,
      onItemError: "skip",
      mode: "expression",
      value: "ask.decision",
    });
    const policy = { timeoutMs: 60_000, onError: "branch" } as const;
    const executionId = await begun({ ...map, policy }, "a,b", [{ ...ask(), parent: "each" }]);
    expect(await executeNode(tenant.job, { executionId, nodeId: "each" })).toEqual({ status: "waiting" });
    const each = async () =>
      (await readRun(tenant.job, executionId)).steps.find((step) => step.nodeId === "each");
    const stepId = (await each())?.id ?? "";
    await asWorker(tenant.job, (tx) =>
      tx
        .update(executionSteps)
        .set({ wakeAt: new Date(0) })
        .where(eq(executionSteps.id, stepId)),
    );
    await asSystem("test", (tx) =>
      tx.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenant.tenantId)),
    );
    expect(await wakeStep(tenant.job, stepId)).toBe(0);
    expect(await each()).toMatchObject({ status: "failed", errorCode: "tenant_suspended", branch: null });
    expect((await partsOf(executionId)).map(({ status }) => status)).toEqual(["cancelled"]);
  });

  it.each([
    ["input.text", 'gave a text, not a list. For a list of its lines, write input.text.split("\\n").'],
    ["input.text + input.text", "gave a text, not a list."],
    ["input.text.size()", "gave a number, not a list."],
    ["input", "gave an object, not a list."],
  ])("says of a map over %s what it was given, and how a text becomes a list", async (items, said) => {
    const map = testNode("each", "map", {
      items,
      maxParallel: 1,
      maxItems: 100,
      onItemError: "fail",
      mode: "expression",
      value: "item",
    });
    const executionId = await begun(map, "a", [{ ...testNode("join", "merge"), parent: "each" }]);
    expect(await executeNode(tenant.job, { executionId, nodeId: "each" })).toEqual({ status: "failed" });
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "each")?.errorMessage).toBe(`“each”, List: this ${said}`);
  });
});

describe.runIf(testServerUrl())("a step that fails while its run is left waiting", () => {
  it("is not forgotten: the run goes on, and ends", async () => {
    const executionId = await begun(ask());
    await executeNode(tenant.job, { executionId, nodeId: "ask" });
    const { steps } = await readRun(tenant.job, executionId);
    const stepId = steps.find((step) => step.nodeId === "ask")?.id ?? "";
    const { pool } = await database();
    const waits = async () =>
      (
        await pool.query(
          "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
        )
      ).rows.length > 0;
    const settled = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const settling = asWorker(tenant.job, async (tx) => {
      const end = { status: "failed", errorCode: "node_timeout", errorMessage: "It took too long." } as const;
      await settleWaitingStep(tx, tenant.job, { stepId, end }, newFollowUps());
      settled.resolve();
      await commit.promise;
    });
    await settled.promise;
    let isClosed = false;
    const closing = closeDrive(tenant.job, executionId).finally(() => {
      isClosed = true;
    });
    await until(
      "the other side to be done, or to wait for this one",
      async () => isClosed || (await waits()),
    );
    commit.resolve();
    await Promise.all([settling, closing]);
    const { run } = await readRun(tenant.job, executionId);
    expect(run.status).not.toBe("waiting");
    expect(await finishRun(tenant.job, executionId)).toBe("failed");
  });
});
