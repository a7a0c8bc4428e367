import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { chat, hang, json } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode, NodePolicy } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { portsOfNode } from "@/lib/workflows/nodes";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { finishRun } from "./finish";
import { addStubModel, llmNode, outputNode, publishGraph, readRun, seedRunPrices } from "./testing";
import type { Faults } from "./worker";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

let stub: Provider;
let model: string;
let tenant: TestTenant;

beforeAll(async () => {
  stub = await startProvider();
  await seedRunPrices();
  model = await addStubModel(stub.baseUrl);
});
afterAll(() => stub.close());
beforeEach(async () => {
  tenant = await makeTenant();
});

/** A run of input → the node → an output for each of its ports; its input node has run. */
async function started(node: GraphNode, policy: NodePolicy, shown = "{{ ask.text }}") {
  const it = { ...node, policy };
  const ports = portsOfNode(it).map((port) => port.id);
  const shows = (port: string) =>
    port === "error" ? "{{ ask.error.code }}: {{ ask.error.message }}" : shown;
  const graph = testGraph(
    [testNode("input", "input"), it, ...ports.map((id) => outputNode(`end_${id}`, { [id]: shows(id) }))],
    [testEdge("input", it.id), ...ports.map((id) => testEdge(it.id, `end_${id}`, id))],
  );
  const workflowId = await publishGraph(tenant.admin, `Policy ${newId()}`, graph);
  const { executionId } = await startRun(tenant.admin, {
    workflowId,
    useDraft: false,
    input: { text: "Hi" },
  });
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  const attempt = (options = {}) => executeNode(tenant.job, { executionId, nodeId: "ask" }, options);
  return {
    attempt,
    /** The wait before the next attempt is over. */
    pass: () =>
      asWorker(tenant.job, (tx) =>
        tx
          .update(executionSteps)
          .set({ leaseUntil: new Date(0) })
          .where(eq(executionSteps.executionId, executionId)),
      ),
    /** Runs what follows, and gives the run with the step of the node. */
    end: async () => {
      const reference = await attempt();
      for (const port of reference.status === "completed" ? reference.ports : [])
        await executeNode(tenant.job, { executionId, nodeId: `end_${port}` });
      await finishRun(tenant.job, executionId);
      const found = await readRun(tenant.job, executionId);
      const statuses = Object.fromEntries(found.steps.map((step) => [step.nodeId, step.status]));
      return { ...found, statuses, step: found.steps.find((step) => step.nodeId === "ask") };
    },
  };
}

const ask = () => llmNode("ask", model);
const answer = chat({ content: "Hello" }, { prompt_tokens: 100, completion_tokens: 50 });
const busy = json(503, {});

describe("retries", () => {
  it("are as many and as far apart as the node says; what the service asks for still wins", async () => {
    const { attempt, pass, end } = await started(ask(), {
      retry: { attempts: 3, backoff: "fixed", firstWaitMs: 2_000 },
    });
    stub.play(busy, json(429, {}, { "retry-after": "7" }), busy);
    const first = await attempt();
    expect(first).toMatchObject({ status: "retry" });
    expect("afterMs" in first && first.afterMs).toBeGreaterThanOrEqual(2_000);
    expect("afterMs" in first && first.afterMs).toBeLessThanOrEqual(3_000);
    await pass();
    expect(await attempt()).toMatchObject({ status: "retry", afterMs: 7_000 });
    await pass();
    expect(await attempt()).toEqual({ status: "failed" });
    expect((await end()).step).toMatchObject({ attempt: 3, errorCode: "http_503" });
  });

  it("can be more than usual, and none at all: not even after a lost process", async () => {
    const many = await started(ask(), { retry: { attempts: 6, backoff: "fixed", firstWaitMs: 0 } });
    stub.play(busy, busy, busy, busy, busy, answer);
    for (let count = 1; count <= 5; count += 1) {
      expect(await many.attempt()).toMatchObject({ status: "retry", afterMs: 0 });
      await many.pass();
    }
    expect(await many.attempt()).toMatchObject({ status: "completed" });

    const once: NodePolicy = { retry: { attempts: 1, backoff: "fixed", firstWaitMs: 0 } };
    stub.play(busy, answer);
    expect(await (await started(ask(), once)).attempt()).toEqual({ status: "failed" });
    const lost = await started(ask(), once);
    const faults: Faults = {
      at: (point) => {
        if (point === "before_effect") throw new Error("the process died");
      },
    };
    await expect(lost.attempt({ worker: { id: newId(), isAlone: true }, faults })).rejects.toThrow("died");
    expect(await lost.attempt({ worker: { id: newId(), isAlone: true } })).toEqual({ status: "failed" });
    const said = "What worked on “ask” stopped before it was done, so it is not tried again.";
    expect((await lost.end()).step?.errorMessage).toBe(said);
  });
});

describe("a time limit", () => {
  it("breaks off an attempt; it is tried again only when the node asks for it", async () => {
    stub.play(hang, hang, answer);
    const alone = await started(ask(), { timeoutMs: 300 });
    expect(await alone.attempt()).toEqual({ status: "failed" });
    expect((await alone.end()).step).toMatchObject({
      errorCode: "node_timeout",
      errorMessage: "“ask” took longer than 0.3 seconds.",
    });
    const again = await started(ask(), {
      timeoutMs: 300,
      retry: { attempts: 2, backoff: "exponential", firstWaitMs: 0 },
    });
    expect(await again.attempt()).toMatchObject({ status: "retry" });
    await again.pass();
    stub.play(answer);
    expect(await again.attempt()).toMatchObject({ status: "completed" });
  });
});

describe("a failure that the run goes on from", () => {
  it("leaves by the port for errors with what went wrong; the run completes", async () => {
    stub.play(json(400, { error: { message: "no" } }));
    const { run, step, statuses, ledger } = await (await started(ask(), { onError: "branch" })).end();
    expect(run).toMatchObject({ status: "completed", errorCode: null, errorNodeId: null });
    expect(run.resultData).toEqual({ error: expect.stringMatching(/^http_400: .+/) });
    expect(statuses).toEqual({
      input: "completed",
      ask: "completed",
      end_out: "skipped",
      end_error: "completed",
    });
    expect(step).toMatchObject({
      branch: "error",
      errorCode: "http_400",
      output: { error: { code: "http_400", message: step?.errorMessage } },
    });
    // The node did not do its work, so only the three others are billed.
    expect(ledger.filter((row) => row.resourceType === "workflow_node").map((row) => row.nodeId)).toEqual(
      expect.not.arrayContaining(["ask"]),
    );
  });

  it("gives the default output, says what went wrong, and bills what the calls used", async () => {
    const nonsense = chat({ content: "no json" }, { prompt_tokens: 100, completion_tokens: 50 });
    const node = ask();
    const structured = {
      ...node,
      config: { ...node.config, outputFields: [{ key: "score", type: "number", description: "" }] },
    };
    stub.play(nonsense, nonsense, nonsense);
    const { run, step, ledger } = await (
      await started(
        structured,
        { onError: "default", defaultOutput: { text: "", score: 0 } },
        "{{ ask.score }}",
      )
    ).end();
    expect(run).toMatchObject({ status: "completed", resultData: { out: "0" } });
    expect(step).toMatchObject({ status: "completed", output: { text: "", score: 0 }, branch: null });
    expect(step?.errorCode).toBeTruthy();
    expect(step?.errorMessage).toMatch(/./);
    const costs = ledger.filter((row) => row.modelKey === model).map((row) => row.tenantCost);
    expect(costs.toSorted()).toEqual(["0.000600", "0.001200"]);
  });

  it("only after the last attempt", async () => {
    const { attempt, pass } = await started(ask(), {
      onError: "branch",
      retry: { attempts: 2, backoff: "fixed", firstWaitMs: 0 },
    });
    stub.play(busy, busy);
    expect(await attempt()).toMatchObject({ status: "retry" });
    await pass();
    expect(await attempt()).toEqual({ status: "completed", ports: ["error"] });
  });

  it("never of a suspended workspace: the run stops there, and no model is asked", async () => {
    const policies: NodePolicy[] = [
      { onError: "branch" },
      { onError: "default", defaultOutput: { text: "" } },
    ];
    const runs = await Promise.all(policies.map((policy) => started(ask(), policy)));
    await asSystem("test", (tx) =>
      tx.update(tenants).set({ status: "suspended" }).where(eq(tenants.id, tenant.tenantId)),
    );
    const before = stub.requests.length;
    for (const { attempt, end } of runs) {
      expect(await attempt()).toEqual({ status: "failed" });
      const { run, step } = await end();
      expect(step).toMatchObject({ status: "failed", errorCode: "tenant_suspended", branch: null });
      expect(run).toMatchObject({ status: "failed", errorCode: "tenant_suspended", errorNodeId: "ask" });
    }
    expect(stub.requests).toHaveLength(before);
  });

  it("of a classification leaves by the category of its default output", async () => {
    const sort = (category: string) =>
      started(
        testNode("ask", "classify", {
          modelKey: model,
          text: "{{ input.text }}",
          instructions: "",
          categories: [
            { key: "a", label: "A", description: "" },
            { key: "b", label: "B", description: "" },
          ],
        }),
        { onError: "default", defaultOutput: { category, label: "" } },
        "{{ ask.category }}",
      );
    stub.play(json(400, {}), json(400, {}));
    expect(await (await sort("b")).attempt()).toEqual({ status: "completed", ports: ["b"] });
    expect(await (await sort("z")).attempt()).toEqual({ status: "completed", ports: ["none"] });
  });
});
