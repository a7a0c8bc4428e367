import { and, asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps, executions, modelCalls } from "@/db/schema/ai";
import { ledgerEntries, subscriptions } from "@/db/schema/billing";
import { approvals } from "@/db/schema/run-control";
import type { TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { whyWaiting } from "@/lib/runs/admission";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { resumeRun } from "@/lib/runs/commands/resume";
import { startRun } from "@/lib/runs/commands/start";
import { followUp, newFollowUps } from "@/lib/runs/follow-up";
import { isFinished } from "@/lib/runs/input";
import { previewResume } from "@/lib/runs/resume-preview";
import { settleWaitingStep, wakeStep } from "@/lib/runs/suspended";
import { findDueSteps, mendRun } from "@/lib/runs/sweep";
import {
  outputNode,
  publishGraph,
  readRun,
  seedRunPrices,
  TEST_MODEL,
  transformNode,
} from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
});
afterAll(() => embedded().engine.stop(2_000));

const PATIENCE_MS = 90_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

async function statusOf(scope: TenantScope, executionId: string): Promise<string | null> {
  const [run] = await asWorker(scope, (tx) =>
    tx.select({ status: executions.status }).from(executions).where(eq(executions.id, executionId)),
  );
  return run?.status ?? null;
}

async function reaches(scope: TenantScope, executionId: string, status: string) {
  await until(
    `the run to be ${status}`,
    async () => (await statusOf(scope, executionId)) === status,
    PATIENCE_MS,
  );
  return readRun(scope, executionId);
}

async function ended(scope: TenantScope, executionId: string) {
  await until("the run to end", async () => isFinished(await statusOf(scope, executionId)), PATIENCE_MS);
  return readRun(scope, executionId);
}

function childrenOf(scope: TenantScope, executionId: string) {
  return asWorker(scope, (tx) =>
    tx
      .select()
      .from(executions)
      .where(eq(executions.parentExecutionId, executionId))
      .orderBy(asc(executions.itemIndex)),
  );
}

const inside = (parent: string, node: GraphNode): GraphNode => ({ ...node, parent });

/** Input (a text) → the node → output of one expression; `body` nodes follow each other inside the node. */
function around(node: GraphNode, result: string, body: readonly GraphNode[] = []) {
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "expression", value: result }],
  });
  const bodyEdges = body.slice(1).map((next, index) => testEdge(body[index]?.id ?? "", next.id));
  return testGraph(
    [testNode("input", "input"), node, ...body.map((one) => inside(node.id, one)), output],
    [testEdge("input", node.id), testEdge(node.id, "output"), ...bodyEdges],
  );
}

async function start(scope: TenantScope, name: string, graph: ReturnType<typeof testGraph>, text = "x") {
  const workflowId = await publishGraph(scope, name, graph);
  return (await startRun(scope, { workflowId, useDraft: false, input: { text } })).executionId;
}

const map = (config: Record<string, string | number>) =>
  testNode("each", "map", {
    items: 'input.text.split(",")',
    maxParallel: 2,
    maxItems: 100,
    onItemError: "fail",
    mode: "expression",
    value: "shout.text",
    ...config,
  });

/** Fails for the item "bad". */
const SHOUT = testNode("shout", "transform", {
  fields: [{ key: "text", mode: "expression", value: 'item == "bad" ? string(int(item)) : item + "!"' }],
});

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

describe("waiting", () => {
  const wait = (amount: number, unit: string) =>
    testNode("sit", "wait", { mode: "for", amount, unit, until: "" });

  it("for a time keeps nothing running, and goes on when it is over", async () => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Wait", around(wait(1, "seconds"), "sit.wokeAt"));
    const { run, steps } = await ended(job, executionId);
    expect(run.status).toBe("completed");
    const sit = steps.find(({ nodeId }) => nodeId === "sit");
    const tookMs = (sit?.completedAt?.getTime() ?? 0) - (sit?.startedAt?.getTime() ?? 0);
    expect(tookMs).toBeGreaterThanOrEqual(990);
  });

  it("too early does nothing; what a lost process forgot is found by the sweep", async () => {
    const { admin, job } = await makeTenant();
    const executionId = await start(admin, "Wait", around(wait(2, "hours"), "sit.wokeAt"));
    const { run, steps } = await reaches(job, executionId, "waiting");
    expect(run.deadlineAt).toBeNull();
    const sit = steps.find(({ nodeId }) => nodeId === "sit");
    expect(await wakeStep(job, sit?.id ?? "")).toBeGreaterThan(3_600_000);
    expect(await findDueSteps()).toEqual([]);
    const past = new Date(Date.now() - 60_000);
    await asWorker(job, (tx) =>
      tx
        .update(executionSteps)
        .set({ wakeAt: past })
        .where(eq(executionSteps.id, sit?.id ?? "")),
    );
    expect(await findDueSteps()).toEqual([
      { tenantId: job.tenantId, executionId, stepId: sit?.id, at: past },
    ]);
    await Promise.all([wakeStep(job, sit?.id ?? ""), wakeStep(job, sit?.id ?? "")]);
    const done = await ended(job, executionId);
    expect(done.run.status).toBe("completed");
    expect(done.ledger.filter((row) => row.nodeId === "sit")).toHaveLength(1);
  });

  it("for a person goes the way that was decided; the other branch runs meanwhile", async () => {
    const { admin, job } = await makeTenant();
    const ask = testNode("ask", "approval", {
      title: "Refund {{ input.text }}?",
      message: "",
      fields: [],
      who: "anyone",
      userIds: [],
    });
    const graph = testGraph(
      [
        testNode("input", "input"),
        ask,
        transformNode("side", { text: "done" }),
        outputNode("yes", { result: "{{ ask.comment }} {{ side.text }}" }),
        outputNode("no", { result: "no" }),
      ],
      [
        testEdge("input", "ask"),
        testEdge("input", "side"),
        testEdge("side", "yes"),
        testEdge("ask", "yes", "approved"),
        testEdge("ask", "no", "rejected"),
      ],
    );
    const executionId = await start(admin, "Approval", graph, "Ana");
    const { steps } = await reaches(job, executionId, "waiting");
    expect(steps.find(({ nodeId }) => nodeId === "side")?.status).toBe("completed");
    const asked = await asWorker(job, (tx) =>
      tx.select().from(approvals).where(eq(approvals.executionId, executionId)),
    );
    expect(asked).toMatchObject([{ title: "Refund Ana?", status: "pending", approvers: { anyone: true } }]);
    const stepId = asked[0]?.stepId ?? "";
    const output = { decision: "approved", answer: {}, comment: "fine", answeredBy: "Ana" };
    const end = { status: "completed", output, branch: "approved" } as const;
    const ups = await asWorker(job, async (tx) => {
      const found = newFollowUps();
      await settleWaitingStep(tx, job, { stepId, end }, found);
      return found;
    });
    await followUp(job, ups);
    const done = await ended(job, executionId);
    expect(done.run.resultData).toEqual({ result: "fine done" });
    expect(done.steps.find(({ nodeId }) => nodeId === "no")?.status).toBe("skipped");
  });

  it("is over when the run is cancelled: questions and runs below are closed", async () => {
    const { admin, job } = await makeTenant();
    const graph = around(map({ value: "item" }), "each.items", [wait(1, "hours")]);
    const executionId = await start(admin, "Map", graph, "a,b,c");
    await reaches(job, executionId, "waiting");
    const waiting = async () =>
      (await childrenOf(job, executionId)).filter((run) => run.status === "waiting");
    await until("two items to wait", async () => (await waiting()).length === 2, PATIENCE_MS);
    await cancelRun(admin, { executionId });
    const runs = await childrenOf(job, executionId);
    expect(runs.map((run) => run.status)).toEqual(["cancelled", "cancelled"]);
    const open = await asWorker(job, (tx) =>
      tx
        .select()
        .from(executionSteps)
        .where(and(eq(executionSteps.tenantId, job.tenantId), eq(executionSteps.status, "waiting"))),
    );
    expect(open).toEqual([]);
  });
});

describe("a resumed run", () => {
  /** Reaches outside before it decides, so that there is something that must not be done twice. */
  const body = [
    testNode("think", "llm", { modelKey: TEST_MODEL, system: "", prompt: "{{ item }}", outputFields: [] }),
    testNode("shout", "transform", {
      fields: [
        {
          key: "text",
          mode: "expression",
          value: 'input.text.contains("bad") && index == 1 ? string(int("x")) : item + "!"',
        },
      ],
    }),
  ];
  const callsOf = (scope: TenantScope) =>
    asWorker(scope, (tx) => tx.select().from(modelCalls).where(eq(modelCalls.tenantId, scope.tenantId)));

  it("takes over the finished items of a map and what the failed one had done, unbilled", async () => {
    const { admin, job } = await makeTenant();
    const graph = around(map({ maxParallel: 1 }), "each.items", body);
    const executionId = await start(admin, "Map", graph, "a,bad,c");
    const failed = await ended(job, executionId);
    expect(failed.run).toMatchObject({ status: "failed", errorNodeId: "each" });
    expect(await callsOf(job)).toHaveLength(2);
    const preview = await previewResume(admin, { executionId, on: "same" });
    expect(BigInt(preview.savedMicros)).toBeGreaterThan(0n);
    const again = await resumeRun(admin, { executionId, on: "same" });
    const resumed = await ended(job, again.executionId);
    expect(resumed.run).toMatchObject({ status: "failed", errorNodeId: "each" });
    // The second item's model had answered; the transform after it fails again.
    expect(await callsOf(job)).toHaveLength(2);
    const parts = await childrenOf(job, again.executionId);
    expect(parts.map((part) => [part.itemIndex, part.status, part.mode])).toEqual([
      [0, "completed", "resume"],
      [1, "failed", "resume"],
    ]);
    const billed = await asWorker(job, (tx) =>
      tx
        .select({ key: ledgerEntries.idempotencyKey })
        .from(ledgerEntries)
        .innerJoin(executions, eq(executions.id, ledgerEntries.executionId))
        .where(eq(executions.rootExecutionId, again.executionId)),
    );
    expect(billed).toEqual([]);
  });

  it("goes on with the round and the called run that failed", async () => {
    const { admin, job } = await makeTenant();
    const flaky = testNode("flaky", "transform", {
      fields: [{ key: "n", mode: "expression", value: 'last >= 2.0 ? double(int("x")) : last + 1.0' }],
    });
    const again = testNode("again", "loop", {
      maxRounds: 5,
      until: "last >= 4.0",
      initialMode: "expression",
      initial: "0",
      mode: "expression",
      value: "flaky.n",
    });
    const workflowId = await publishGraph(admin, "Inner", around(again, "again.last", [flaky]));
    const call = testNode("call", "workflow", {
      workflowId,
      versionId: "",
      inputs: [{ key: "text", mode: "template", value: "x" }],
    });
    const executionId = await start(admin, "Outer", around(call, "call.result"));
    expect((await ended(job, executionId)).run).toMatchObject({ status: "failed", errorNodeId: "call" });
    const resumed = await resumeRun(admin, { executionId, on: "same" });
    const { run } = await ended(job, resumed.executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "call" });
    const [inner] = await childrenOf(job, resumed.executionId);
    const rounds = await childrenOf(job, inner?.id ?? "");
    expect(rounds.map((round) => [round.itemIndex, round.status, round.sourceExecutionId !== null])).toEqual([
      [0, "completed", true],
      [1, "completed", true],
      [2, "failed", true],
    ]);
  });
});

describe("room", () => {
  it("is given in order, as runs end or wait; who waits for it is told their place", async () => {
    const { admin, job, tenantId } = await makeTenant();
    await asPlatform(await makePlatform(), (tx) =>
      tx.insert(subscriptions).values({ tenantId, planName: "trial", maxRunning: 1, maxQueued: 1 }),
    );
    const ask = testNode("ask", "approval", {
      title: "Go?",
      message: "",
      fields: [],
      who: "anyone",
      userIds: [],
    });
    const graph = testGraph(
      [testNode("input", "input"), ask, outputNode("output", { result: "ok" })],
      [testEdge("input", "ask"), testEdge("ask", "output", "approved")],
    );
    const workflowId = await publishGraph(admin, "Ask", graph);
    const run = () => startRun(admin, { workflowId, useDraft: false, input: { text: "x" } });
    await embedded().engine.stop(10_000);
    const first = await run();
    const second = await run();
    expect(await whyWaiting(admin, first.executionId)).toBeNull();
    expect(await whyWaiting(admin, second.executionId)).toEqual({ position: 1, running: 1, maxRunning: 1 });
    await expect(run()).rejects.toMatchObject({ code: "limit_exceeded", reason: "queue_full" });
    await cancelRun(admin, { executionId: first.executionId });
    expect(await whyWaiting(admin, second.executionId)).toBeNull();
    await mendRun(job, second.executionId);
    expect(await statusOf(job, second.executionId)).toBe("pending");
  });
});
