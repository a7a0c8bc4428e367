import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { updateAgent } from "@/lib/agents/commands";
import { updateAgentInput } from "@/lib/agents/input";
import { microsFromNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { publishWorkflow } from "@/lib/workflows/commands/publish";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { nextSteps } from "@/lib/workflows/schedule";
import { executeNode } from "../execute-node";
import { beginRun, finishRun, loadGraph } from "../finish";
import { previewResume } from "../resume-preview";
import {
  chain,
  llmNode,
  makeAgent,
  outputNode,
  publishGraph,
  readRun,
  seedRunPrices,
  TEST_MODEL,
  transformNode,
} from "../testing";
import { cancelRun } from "./cancel";
import { replayRun } from "./replay";
import { resumeRun } from "./resume";
import { runNodes } from "./run-nodes";
import { startRun } from "./start";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

/** Runs what is ready, again and again, up to `until`, or to the end. */
async function drive(executionId: string, until?: string): Promise<void> {
  for (;;) {
    const begun = await beginRun(tenant.job, executionId);
    if (!begun) return;
    const { ready } = nextSteps(await loadGraph(tenant.job, begun), new Map(begun.settled));
    if (ready.length === 0) return void (await finishRun(tenant.job, executionId));
    for (const nodeId of ready) await executeNode(tenant.job, { executionId, nodeId });
    if (until && ready.includes(until)) return;
  }
}

async function start(workflowId: string, text = "a"): Promise<string> {
  return (await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } })).executionId;
}

/** input → ask (a model) → t → output */
const ASKING = chain(
  [llmNode("ask", TEST_MODEL), transformNode("t", { text: "{{ ask.text }}!" })],
  "{{ t.text }}",
);
/** The same, with a node that fails on the input `a`. */
const FAILING = chain([llmNode("ask", TEST_MODEL), numberNode("t", "double(input.text)")], "{{ t.n }}");

function numberNode(id: string, value: string): GraphNode {
  return testNode(id, "transform", { fields: [{ key: "n", mode: "expression", value }] });
}

/** A run that was stopped after its model had answered. */
async function stopped(): Promise<string> {
  const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
  const executionId = await start(workflowId);
  await drive(executionId, "ask");
  await cancelRun(tenant.admin, { executionId });
  return executionId;
}

async function changeDraft(
  workflowId: string,
  revision: number,
  graph: Graph,
  publish = true,
): Promise<void> {
  const saved = await saveDraft(tenant.admin, { workflowId, revision, graph, isAutosave: false });
  if (publish) await publishWorkflow(tenant.admin, { workflowId, revision: saved.revision, note: "" });
}

function stepOf<Step extends { nodeId: string }>(steps: readonly Step[], nodeId: string): Step {
  const step = steps.find((each) => each.nodeId === nodeId);
  if (!step) throw new Error(`no step of ${nodeId}`);
  return step;
}

const costOf = (rows: readonly { tenantCost: string }[]) =>
  rows.reduce((sum, row) => sum + microsFromNumeric(row.tenantCost), 0n);

const byNode = (rows: readonly { nodeId: string | null }[]) => rows.map((row) => row.nodeId).toSorted();

describe("resuming", () => {
  it("takes over what completed, runs the rest, and bills only that", async () => {
    const executionId = await stopped();
    const source = await readRun(tenant.job, executionId);
    const preview = await previewResume(tenant.member, { executionId, on: "same" });
    expect(preview).toMatchObject({
      reused: [{ nodeId: "input" }, { nodeId: "ask" }],
      again: [
        { nodeId: "t", reason: "not_reached" },
        { nodeId: "output", reason: "not_reached" },
      ],
      savedMicros: costOf(source.ledger).toString(),
      from: 1,
      to: 1,
      diff: null,
    });
    const resumed = await resumeRun(tenant.member, { executionId, on: "same" });
    expect(resumed).toMatchObject({ isNew: true, status: "pending" });
    await drive(resumed.executionId);
    const { run, steps, ledger, calls } = await readRun(tenant.job, resumed.executionId);
    expect(run).toMatchObject({
      status: "completed",
      mode: "resume",
      sourceExecutionId: executionId,
      workflowVersionId: source.run.workflowVersionId,
    });
    const ask = stepOf(source.steps, "ask");
    expect(stepOf(steps, "ask")).toMatchObject({
      reusedStepId: ask.id,
      output: ask.output,
      detail: ask.detail,
      status: "completed",
    });
    expect(run.resultData).toEqual({ result: `${(ask.output as { text: string }).text}!` });
    expect(calls).toEqual([]);
    expect(byNode(ledger)).toEqual(["output", "t"]);
    expect((await readRun(tenant.job, executionId)).ledger).toHaveLength(source.ledger.length);
  });

  it("starts one run for one key, however often and at once, and refuses the key for another request", async () => {
    const executionId = await stopped();
    const asked = { executionId, on: "same", idempotencyKey: "again" } as const;
    const all = await Promise.all(Array.from({ length: 6 }, () => resumeRun(tenant.admin, asked)));
    expect(new Set(all.map((run) => run.executionId)).size).toBe(1);
    expect(all.filter((run) => run.isNew)).toHaveLength(1);
    await expect(resumeRun(tenant.admin, { ...asked, on: "newest" })).rejects.toMatchObject({
      reason: "idempotency_key_reused",
    });
  });

  it("goes on from a resumed run, naming the step that ran", async () => {
    const executionId = await stopped();
    const second = await resumeRun(tenant.admin, { executionId, on: "same" });
    await drive(second.executionId, "t");
    await cancelRun(tenant.admin, { executionId: second.executionId });
    const preview = await previewResume(tenant.admin, { executionId: second.executionId, on: "same" });
    const third = await resumeRun(tenant.admin, { executionId: second.executionId, on: "same" });
    await drive(third.executionId);
    const [first, middle, last] = await Promise.all(
      [executionId, second.executionId, third.executionId].map((id) => readRun(tenant.job, id)),
    );
    const original = (nodeId: string) =>
      [...(first?.steps ?? []), ...(middle?.steps ?? [])].find(
        (step) => step.nodeId === nodeId && step.reusedStepId === null,
      )?.id;
    expect(Object.fromEntries(last?.steps.map((step) => [step.nodeId, step.reusedStepId]) ?? [])).toEqual({
      input: original("input"),
      ask: original("ask"),
      t: original("t"),
      output: null,
    });
    expect(byNode(last?.ledger ?? [])).toEqual(["output"]);
    const paid = [...(first?.ledger ?? []), ...(middle?.ledger ?? [])];
    expect(paid).toHaveLength(5);
    expect(preview.savedMicros).toBe(costOf(paid).toString());
  });

  it("follows the newest version: what changed and what follows runs again, the rest is taken over", async () => {
    const workflowId = await publishGraph(tenant.admin, "Fails", FAILING);
    const executionId = await start(workflowId);
    await drive(executionId);
    const failed = await readRun(tenant.job, executionId);
    expect(failed.run).toMatchObject({ status: "failed", errorNodeId: "t" });
    await changeDraft(workflowId, 1, chain([llmNode("ask", TEST_MODEL), numberNode("t", "7")], "{{ t.n }}"));
    expect(await previewResume(tenant.admin, { executionId, on: "newest" })).toMatchObject({
      from: 1,
      to: 2,
      again: [
        { nodeId: "t", reason: "changed" },
        { nodeId: "output", reason: "not_reached" },
      ],
      diff: { nodes: [{ nodeId: "t", fields: [{ before: "double(input.text)", after: "7" }] }], edges: [] },
    });
    const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
    await drive(resumed.executionId);
    const { run, steps } = await readRun(tenant.job, resumed.executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: "7" } });
    expect(run.workflowVersionId).not.toBe(failed.run.workflowVersionId);
    expect(steps.filter((step) => step.reusedStepId).map((step) => step.nodeId)).toEqual(["input", "ask"]);

    const again = await resumeRun(tenant.admin, { executionId, on: "same" });
    await drive(again.executionId);
    expect((await readRun(tenant.job, again.executionId)).run).toMatchObject({ status: "failed" });
  });

  it("keeps to the agents as they were, and on the newest runs those again that have changed", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana", "You answer briefly.");
    const agent = (id: string) => testNode(id, "agent", { agentId, prompt: "{{ input.text }}" });
    const workflowId = await publishGraph(tenant.admin, "Agents", chain([agent("one"), agent("two")], "x"));
    const executionId = await start(workflowId);
    await drive(executionId, "one");
    await cancelRun(tenant.admin, { executionId });
    const unchanged = await resumeRun(tenant.admin, { executionId, on: "newest" });
    expect(byNode((await readRun(tenant.job, unchanged.executionId)).steps)).toEqual(["input", "one"]);
    const changed = { name: "Ana", role: "You answer at length.", llmConfig: { modelKey: TEST_MODEL } };
    await updateAgent(tenant.admin, updateAgentInput.parse({ ...changed, agentId, version: 1 }));
    const systems = async (on: "same" | "newest") => {
      const resumed = await resumeRun(tenant.admin, { executionId, on });
      await drive(resumed.executionId);
      const { steps } = await readRun(tenant.job, resumed.executionId);
      return ["one", "two"].map((nodeId) => {
        const { reusedStepId, detail } = stepOf(steps, nodeId);
        return [reusedStepId !== null, (detail as { system: string }).system.includes("at length")];
      });
    };
    expect(await systems("same")).toEqual([
      [true, false],
      [false, false],
    ]);
    expect(await systems("newest")).toEqual([
      [false, true],
      [false, true],
    ]);
  });

  it("refuses, saying why", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
    const executionId = await start(workflowId);
    const resume = () => resumeRun(tenant.admin, { executionId, on: "same" });
    await expect(resume()).rejects.toMatchObject({ code: "precondition", reason: "still_running" });
    await drive(executionId);
    await expect(resume()).rejects.toMatchObject({ code: "precondition", reason: "nothing_failed" });
    const stranger = await makeTenant();
    for (const verb of [resumeRun, previewResume]) {
      await expect(verb(stranger.admin, { executionId, on: "same" })).rejects.toMatchObject({
        code: "not_found",
      });
    }
  });
});

describe("replaying", () => {
  it("runs all of it on other input, and names the field that does not fit", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
    const executionId = await start(workflowId);
    await drive(executionId);
    const replayed = await replayRun(tenant.admin, { executionId, on: "same", input: { text: "b" } });
    await drive(replayed.executionId);
    const { run, steps, ledger } = await readRun(tenant.job, replayed.executionId);
    expect(run).toMatchObject({
      status: "completed",
      mode: "replay",
      sourceExecutionId: executionId,
      inputData: { text: "b" },
    });
    expect(steps.every((step) => step.reusedStepId === null)).toBe(true);
    expect(byNode(ledger)).toEqual(["ask", "ask", "ask", "input", "output", "t"]);
    const wrong = replayRun(tenant.admin, { executionId, on: "newest", input: { text: 7, more: 1 } });
    await expect(wrong).rejects.toMatchObject({
      code: "invalid",
      fields: { "input.text": [expect.any(String)], "input.more": [expect.any(String)] },
    });
    const { admin } = await makeTenant();
    await expect(replayRun(admin, { executionId, on: "same", input: {} })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("asks an agent something else", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana");
    const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "Hi" } });
    const replayed = await replayRun(tenant.admin, { executionId, on: "newest", input: { prompt: "Bye" } });
    expect((await readRun(tenant.job, replayed.executionId)).run).toMatchObject({
      agentId,
      inputData: { prompt: "Bye" },
    });
    await expect(
      replayRun(tenant.admin, { executionId, on: "same", input: { prompt: " " } }),
    ).rejects.toMatchObject({ fields: { "input.prompt": [expect.any(String)] } });
  });
});

describe("pinned outputs", () => {
  it("stand in for the nodes they are pinned to, free of charge, and only in runs that ask for them", async () => {
    const ask = { ...llmNode("ask", TEST_MODEL), pin: { text: "pinned" } };
    const graph = chain([ask, transformNode("t", { text: "{{ ask.text }}!" })], "{{ t.text }}");
    const workflowId = await publishGraph(tenant.admin, "Pinned", graph);
    const asked = { workflowId, useDraft: true, input: { text: "a" } };
    const { executionId } = await startRun(tenant.admin, { ...asked, usePins: true });
    await drive(executionId);
    const { run, steps, ledger, calls } = await readRun(tenant.job, executionId);
    expect(run).toMatchObject({ status: "completed", usesPins: true, resultData: { result: "pinned!" } });
    expect(stepOf(steps, "ask")).toMatchObject({ isPinned: true, status: "completed" });
    expect([byNode(ledger), calls]).toEqual([["input", "output", "t"], []]);
    const real = await startRun(tenant.admin, asked);
    await drive(real.executionId);
    expect((await readRun(tenant.job, real.executionId)).calls).toHaveLength(1);
  });
});

describe("running some nodes of a draft", () => {
  it("takes what comes before from the newest run, and runs only the node, or what follows too", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", ASKING);
    const missing = runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "node" });
    await expect(missing).rejects.toMatchObject({
      reason: "missing_outputs",
      fields: { nodes: ["input", "ask"] },
    });
    await drive(await start(workflowId));
    const one = await runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "node" });
    await drive(one.executionId);
    const ran = await readRun(tenant.job, one.executionId);
    expect(ran.run).toMatchObject({ status: "completed", mode: "nodes", onlyNodes: ["t"] });
    expect(byNode(ran.ledger)).toEqual(["t"]);
    expect(stepOf(ran.steps, "output")).toMatchObject({ status: "skipped" });
    const rest = await runNodes(tenant.admin, { workflowId, nodeId: "t", scope: "from" });
    await drive(rest.executionId);
    expect(byNode((await readRun(tenant.job, rest.executionId)).ledger)).toEqual(["output", "t"]);
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
    await drive(executionId);
    const { steps, ledger } = await readRun(tenant.job, executionId);
    expect(stepOf(steps, "no")).toMatchObject({ output: { text: "no pinned" } });
    expect(steps.filter((step) => step.isPinned).map((step) => step.nodeId)).toEqual(["input", "choose"]);
    expect(byNode(ledger)).toEqual(["no"]);
  });
});
