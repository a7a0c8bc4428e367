import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import {
  chain,
  llmNode,
  outputNode,
  publishGraph,
  readRun,
  seedRunPrices,
  TEST_MODEL,
  transformNode,
} from "../testing";
import { findTrace } from "../trace-queries";
import { cancelRun } from "./cancel";
import { resumeRun } from "./resume";
import { runNodes } from "./run-nodes";
import { startRun } from "./start";
import { ASKING, byNode, drive, start, stepOf } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

describe("pinned outputs", () => {
  it("stand in for the nodes they are pinned to, free of charge, and only in runs that ask for them", async () => {
    const ask = { ...llmNode("ask", TEST_MODEL), pin: { text: "pinned" } };
    const graph = chain([ask, transformNode("t", { text: "{{ ask.text }}!" })], "{{ t.text }}");
    const workflowId = await publishGraph(tenant.admin, "Pinned", graph);
    const asked = { workflowId, useDraft: true, input: { text: "a" } };
    const { executionId } = await startRun(tenant.admin, { ...asked, usePins: true });
    await drive(tenant, executionId);
    const { run, steps, ledger, calls } = await readRun(tenant.job, executionId);
    expect(run).toMatchObject({ status: "completed", usesPins: true, resultData: { result: "pinned!" } });
    expect(stepOf(steps, "ask")).toMatchObject({ isPinned: true, status: "completed" });
    expect([byNode(ledger), calls]).toEqual([["input", "output", "t"], []]);
    const real = await startRun(tenant.admin, asked);
    await drive(tenant, real.executionId);
    expect((await readRun(tenant.job, real.executionId)).calls).toHaveLength(1);
  });
});

/** Whether the page of a run says that pinned outputs stand in for its nodes. */
async function saysPinned(executionId: string): Promise<boolean | undefined> {
  return (await findTrace(tenant.admin, executionId))?.lineage.hasPins;
}

/** input → one, and input → other → behind; both end in output */
const TWO_WAYS = testGraph(
  [
    testNode("input", "input"),
    transformNode("one", { text: "a" }),
    transformNode("other", { text: "b" }),
    transformNode("behind", { text: "{{ other.text }}!" }),
    outputNode("output", { result: "{{ one.text }}" }),
  ],
  [
    testEdge("input", "one"),
    testEdge("input", "other"),
    testEdge("other", "behind"),
    testEdge("one", "output"),
    testEdge("behind", "output"),
  ],
);

describe("running some nodes of a draft", () => {
  it("takes what comes before from the newest run, and runs only the node, or what follows too", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
    const missing = runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "node" });
    await expect(missing).rejects.toMatchObject({
      reason: "missing_outputs",
      fields: { nodes: ["input", "ask"] },
    });
    await drive(tenant, await start(tenant, workflowId));
    const one = await runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "node" });
    await drive(tenant, one.executionId);
    const ran = await readRun(tenant.job, one.executionId);
    expect(ran.run).toMatchObject({ status: "completed", mode: "nodes", onlyNodes: ["t"] });
    expect(byNode(ran.ledger)).toEqual(["t"]);
    expect(await saysPinned(one.executionId)).toBe(false);
    expect(stepOf(ran.steps, "output")).toMatchObject({ status: "skipped" });
    const rest = await runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "from" });
    await drive(tenant, rest.executionId);
    expect(byNode((await readRun(tenant.job, rest.executionId)).ledger)).toEqual(["output", "t"]);
  });

  it("are called by their names on the run's page, in the order in which they run", async () => {
    const t = { ...transformNode("t", { text: "{{ input.text }}!" }), name: "Add a mark" };
    const workflowId = await publishGraph(tenant.admin, "Named", chain([t], "{{ t.text }}"));
    const { executionId } = await startRun(tenant.admin, {
      workflowId,
      useDraft: true,
      input: { text: "a" },
    });
    await drive(tenant, executionId);
    expect((await findTrace(tenant.admin, executionId))?.lineage.only).toBeNull();
    const some = await runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "from" });
    expect((await findTrace(tenant.admin, some.executionId))?.lineage.only).toEqual(["Add a mark", "output"]);
  });

  it("prefers pinned outputs, and follows the branch they choose", async () => {
    const choose = testNode("choose", "condition", {
      match: "all",
      rules: [{ expression: "input.text == 'a'" }],
    });
    const graph = testGraph(
      [
        { ...testNode("input", "input"), pin: { text: "pinned" } },
        { ...choose, pin: { result: false } },
        transformNode("yes", { text: "yes {{ input.text }}" }),
        transformNode("no", { text: "no {{ input.text }}" }),
        outputNode("end", { result: "{{ no.text }}" }),
      ],
      [
        testEdge("input", "choose"),
        testEdge("choose", "yes", "true"),
        testEdge("choose", "no", "false"),
        testEdge("yes", "end"),
        testEdge("no", "end"),
      ],
    );
    const workflowId = await publishGraph(tenant.admin, "Choose", graph);
    await expect(runNodes(tenant.admin, { workflowId, nodeId: "yes", scope: "node" })).rejects.toMatchObject({
      reason: "not_reached",
    });
    const { executionId } = await runNodes(tenant.admin, { workflowId, nodeId: "no", scope: "node" });
    await drive(tenant, executionId);
    const { steps, ledger } = await readRun(tenant.job, executionId);
    expect(stepOf(steps, "no")).toMatchObject({ output: { text: "no pinned" } });
    expect(steps.filter((step) => step.isPinned).map((step) => step.nodeId)).toEqual(["input", "choose"]);
    expect(byNode(ledger)).toEqual(["no"]);
    expect(await saysPinned(executionId)).toBe(true);
  });

  it("takes what a node gave, not what was pinned to it in an earlier run", async () => {
    const graph = (...given: object[]) =>
      chain(
        [
          Object.assign(transformNode("given", { text: "worked out" }), ...given),
          transformNode("t", { text: "{{ given.text }}!" }),
        ],
        "{{ t.text }}",
      );
    const workflowId = await publishGraph(tenant.admin, "Unpinned", graph({ pin: { text: "pinned" } }));
    const ask = { workflowId, nodeId: "t", scope: "node" } as const;
    const draft = { workflowId, useDraft: true, input: { text: "a" } };
    const pinned = await startRun(tenant.admin, { ...draft, usePins: true });
    await drive(tenant, pinned.executionId);
    const save = (revision: number, changed: Graph) =>
      saveDraft(tenant.admin, { workflowId, revision, graph: changed, isAutosave: false });
    await save(1, graph());
    for (const source of [{}, { sourceExecutionId: pinned.executionId }])
      await expect(runNodes(tenant.admin, { ...ask, ...source })).rejects.toMatchObject({
        reason: "missing_outputs",
        fields: { nodes: ["given"] },
      });
    const whole = await startRun(tenant.admin, draft);
    await drive(tenant, whole.executionId);
    await save(2, graph({ pin: { text: "other" } }));
    await drive(tenant, (await startRun(tenant.admin, { ...draft, usePins: true })).executionId);
    await save(3, graph());
    const { executionId } = await runNodes(tenant.admin, ask);
    await drive(tenant, executionId);
    const { steps } = await readRun(tenant.job, executionId);
    expect(stepOf(steps, "t")).toMatchObject({ output: { text: "worked out!" } });
  });

  it("asks only for what its nodes need: nothing before a pinned node, unless one of them names it", async () => {
    const ask = { ...llmNode("ask", TEST_MODEL), pin: { text: "pinned" } };
    const nodes = [
      ask,
      transformNode("t", { text: "{{ ask.text }}!" }),
      transformNode("u", { text: "{{ t.text }} {{ input.text }}" }),
    ];
    const workflowId = await publishGraph(tenant.admin, "Behind a pin", chain(nodes, "{{ u.text }}"));
    const { executionId } = await runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "node" });
    await drive(tenant, executionId);
    const { steps, calls } = await readRun(tenant.job, executionId);
    expect(stepOf(steps, "t")).toMatchObject({ status: "completed", output: { text: "pinned!" } });
    expect([stepOf(steps, "ask").isPinned, stepOf(steps, "input").status, calls]).toEqual([
      true,
      "skipped",
      [],
    ]);
    const trace = await findTrace(tenant.admin, executionId);
    const leftOut = trace?.windows[0]?.steps.filter((step) => step.isLeftOut).map((step) => step.nodeId);
    expect(leftOut?.toSorted()).toEqual(["input", "output", "u"]);
    expect(trace).toMatchObject({ counts: { completed: 2, skipped: 3 }, leftOut: 3 });
    for (const [nodeId, scope] of [
      ["u", "node"],
      ["t", "from"],
    ] as const) {
      await expect(runNodes(tenant.admin, { workflowId, nodeId, scope })).rejects.toMatchObject({
        reason: "missing_outputs",
        fields: { nodes: ["input"] },
      });
    }
  });

  it("a node that a resumed run was not asked for is not taken for one that a branch skipped", async () => {
    const workflowId = await publishGraph(tenant.admin, "Two ways", TWO_WAYS);
    await drive(tenant, await start(tenant, workflowId));
    const some = await runNodes(tenant.admin, { workflowId, nodeId: "one", scope: "node" });
    await cancelRun(tenant.admin, { executionId: some.executionId });
    const again = await resumeRun(tenant.admin, { executionId: some.executionId, on: "same" });
    await drive(tenant, again.executionId);
    const trace = await findTrace(tenant.admin, again.executionId);
    const leftOut = trace?.windows[0]?.steps.filter((step) => step.isLeftOut).map((step) => step.nodeId);
    expect(leftOut?.toSorted()).toEqual(["behind", "other", "output"]);
    const behind = await runNodes(tenant.admin, { workflowId, nodeId: "behind", scope: "node" });
    await drive(tenant, behind.executionId);
    const { steps } = await readRun(tenant.job, behind.executionId);
    expect(stepOf(steps, "behind")).toMatchObject({ status: "completed", output: { text: "b!" } });
  });
});
