import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { publishGraph, transformNode } from "@/lib/runs/testing";
import { makeTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { around, childrenOf, ended, inside, map, SHOUT, start, withRunningEngine } from "./testing";

withRunningEngine();

describe("a map", () => {
  it("runs its body for each item, gives the results in order, and bills every node once", async () => {
    const { admin, job } = await makeTenant();
    const second = testNode("again", "transform", {
      fields: [{ key: "text", mode: "template", value: "{{ index }}:{{ shout.text }} of {{ input.text }}" }],
    });
    const graph = around(map({ value: "again.text" }), "each.items", [SHOUT, second]);
    const executionId = await start(admin, "Map", graph, "a,b,c,d,e");
    const { run, steps } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "completed", errorMessage: null });
    const items = ["a", "b", "c", "d", "e"].map((item, index) => `${index}:${item}! of a,b,c,d,e`);
    expect(run.resultData).toEqual({ result: items });
    const step = steps.find(({ nodeId }) => nodeId === "each");
    expect(step).toMatchObject({ status: "completed", detail: { total: 5, done: 5, failed: 0 } });
    const runs = await childrenOf(job, executionId);
    expect(runs.map((child) => [child.itemIndex, child.status, child.depth])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [index, "completed", 1]),
    );
    const billed = await asWorker(job, (tx) =>
      tx
        .select({ key: ledgerEntries.idempotencyKey })
        .from(ledgerEntries)
        .where(eq(ledgerEntries.tenantId, job.tenantId)),
    );
    // Input, map and output of the run; two nodes of each item.
    expect(billed).toHaveLength(3 + 5 * 2);
  });

  it.each([
    ["skip", { items: ["a!", "c!"], count: 2 }],
    ["collect", { items: ["a!", null, "c!"], count: 3 }],
  ])("goes on after a failed item when told to %s", async (onItemError, expected) => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Map", around(map({ onItemError }), "each", [SHOUT]), "a,bad,c");
    const { run } = await ended(job, executionId);
    expect(run.status).toBe("completed");
    expect(run.resultData).toMatchObject({
      result: { ...expected, errors: [{ index: 1, message: expect.stringContaining("shout") }] },
    });
  });

  it("fails with its first failed item, names it, and stops the others", async () => {
    const { admin, job } = await makeTenant();
    const patient = [SHOUT, testNode("sit", "wait", { mode: "for", amount: 1, unit: "hours", until: "" })];
    const graph = around(map({ value: "shout.text" }), "each.items", patient);
    const executionId = await start(admin, "Map", graph, "a,bad,c");
    const { run, steps } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "each" });
    expect(run.errorMessage).toContain("item 2");
    expect(steps.find(({ nodeId }) => nodeId === "each")?.status).toBe("failed");
    const runs = await childrenOf(job, executionId);
    expect(runs.map((child) => child.status)).toEqual(["cancelled", "failed"]);
  });

  it("that takes longer than it may is stopped, and goes the way its policy says", async () => {
    const { admin, job } = await makeTenant();
    const sit = testNode("sit", "wait", { mode: "for", amount: 1, unit: "hours", until: "" });
    const limited = {
      ...map({ value: "item" }),
      policy: {
        timeoutMs: 500,
        onError: "default" as const,
        defaultOutput: { items: [], errors: [], count: 0 },
      },
    };
    const executionId = await start(admin, "Map", around(limited, "each.count", [sit]), "a,b");
    const { run, steps } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: 0 } });
    expect(steps.find(({ nodeId }) => nodeId === "each")).toMatchObject({ errorCode: "node_timeout" });
    const runs = await childrenOf(job, executionId);
    expect(runs.map((child) => child.status)).toEqual(["cancelled", "cancelled"]);
  });

  it("gives an empty list for one, and says what is not a list", async () => {
    const { admin, job } = await makeTenant();
    const none = around(map({ items: "input.text.split(',').filter(x, false)" }), "each", [SHOUT]);
    expect((await ended(job, await start(admin, "None", none))).run.resultData).toEqual({
      result: { items: [], errors: [], count: 0 },
    });
    const bad = around(map({ items: "input.text" }), "each", [SHOUT]);
    const { run } = await ended(job, await start(admin, "Bad", bad));
    expect(run).toMatchObject({ status: "failed", errorNodeId: "each" });
    expect(run.errorMessage).toContain("not a list");
  });
});

describe("a loop", () => {
  const loop = (config: Record<string, string | number>) =>
    testNode("again", "loop", {
      maxRounds: 10,
      until: "last >= 3.0",
      initialMode: "expression",
      initial: "0",
      mode: "expression",
      value: "add.n",
      ...config,
    });
  const add = testNode("add", "transform", {
    fields: [{ key: "n", mode: "expression", value: "last + 1.0" }],
  });

  it("runs until its condition holds", async () => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Loop", around(loop({}), "again", [add]));
    const { run } = await ended(job, executionId);
    expect(run.resultData).toEqual({ result: { last: 3, rounds: 3, reached: true } });
  });

  it("stops at its limit and says so", async () => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Loop", around(loop({ maxRounds: 2 }), "again", [add]));
    const { run } = await ended(job, executionId);
    expect(run.resultData).toEqual({ result: { last: 2, rounds: 2, reached: false } });
  });

  it("inside a map keeps to the names of each", async () => {
    const { admin, job } = await makeTenant();
    const inner = {
      ...loop({ until: "round >= 1.0", mode: "template", value: "{{ say.text }}" }),
      parent: "each",
    };
    const say = inside(
      "again",
      transformNode("say", { text: "{{ item }}{{ round }}{{ input.text | size }}" }),
    );
    const graph = around(map({ mode: "template", value: "{{ again.last }}" }), "each.items");
    const nested = { ...graph, nodes: [...graph.nodes, inner, say] };
    const { run } = await ended(job, await start(admin, "Nested", nested, "a,b"));
    expect(run.errorMessage).toBeNull();
    expect(run.resultData).toEqual({ result: ["a13", "b13"] });
  });
});

describe("a called workflow", () => {
  it("runs as a run of its own, in the version that was published when the run began", async () => {
    const { admin, job } = await makeTenant();
    const called = around(transformNode("say", { text: "hello {{ input.text }}" }), "say.text");
    const workflowId = await publishGraph(admin, "Called", called);
    const call = testNode("call", "workflow", {
      workflowId,
      versionId: "",
      inputs: [{ key: "text", mode: "template", value: "from {{ input.text }}" }],
    });
    const executionId = await start(admin, "Caller", around(call, "call.result"), "Ana");
    const { run, steps } = await ended(job, executionId);
    expect(run.errorMessage).toBeNull();
    expect(run.resultData).toEqual({ result: "hello from Ana" });
    expect(steps.find(({ nodeId }) => nodeId === "call")).toMatchObject({
      input: { workflow: "Called", version: 1, input: { text: "from Ana" } },
    });
    const [child] = await childrenOf(job, executionId);
    expect(child).toMatchObject({
      workflowId,
      trigger: "workflow",
      rootExecutionId: executionId,
      bodyNodeId: null,
    });
    expect(run.pinnedVersions).toEqual({ [workflowId]: child?.workflowVersionId });
  });

  it("that fails fails the node with its message", async () => {
    const { admin, job } = await makeTenant();
    const failing = testNode("bad", "transform", {
      fields: [{ key: "text", mode: "expression", value: "string(int(input.text))" }],
    });
    const workflowId = await publishGraph(admin, "Failing", around(failing, "bad.text"));
    const call = testNode("call", "workflow", {
      workflowId,
      versionId: "",
      inputs: [{ key: "text", mode: "template", value: "x" }],
    });
    const { run } = await ended(job, await start(admin, "Caller", around(call, "call")));
    expect(run).toMatchObject({ status: "failed", errorNodeId: "call" });
    expect(run.errorMessage).toContain("“bad”");
  });
});
