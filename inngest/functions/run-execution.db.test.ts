import { describe, expect, it } from "vitest";
import { startRun } from "@/lib/runs/commands/start";
import {
  chain,
  llmNode,
  makeAgent,
  outputNode,
  publishGraph,
  TEST_MODEL,
  transformNode,
} from "@/lib/runs/testing";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { ended, withRunningEngine } from "./testing";

withRunningEngine();

describe("a run through the engine", () => {
  it("answers with an agent and bills what it used", async () => {
    const { admin, job } = await makeTenant();
    const agentId = await makeAgent(admin, "Ana");
    const { executionId } = await startRun(admin, {
      agentId,
      input: { prompt: "What is durable execution?" },
    });
    const { run, steps, ledger } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "completed", errorMessage: null });
    expect(run.resultData).toMatchObject({ text: expect.stringMatching(/./), citations: [] });
    expect(steps).toMatchObject([{ nodeId: "agent", name: "Ana", status: "completed", attempt: 1 }]);
    expect(ledger.map((row) => row.resourceType).toSorted()).toEqual([
      "text_tokens_input",
      "text_tokens_output",
    ]);
    expect(ledger.every((row) => row.agentId === agentId && row.modelKey === TEST_MODEL)).toBe(true);
  });

  it("takes one side of a condition, skips the other, joins again", async () => {
    const { admin, job } = await makeTenant();
    const condition = testNode("decide", "condition", {
      match: "all",
      rules: [{ expression: 'input.text.contains("refund")' }],
    });
    const graph = testGraph(
      [
        testNode("input", "input"),
        condition,
        transformNode("yes", { text: "refund: {{ input.text }}" }),
        transformNode("no", { text: "other" }),
        transformNode("after_no", { text: "{{ no.text }}" }),
        testNode("join", "merge", { mode: "first" }),
        outputNode("output", { result: "{{ join.value.text }}" }),
      ],
      [
        testEdge("input", "decide"),
        testEdge("decide", "yes", "true"),
        testEdge("decide", "no", "false"),
        testEdge("no", "after_no"),
        testEdge("yes", "join"),
        testEdge("after_no", "join"),
        testEdge("join", "output"),
      ],
    );
    const workflowId = await publishGraph(admin, "Decide", graph);
    const { executionId } = await startRun(admin, {
      workflowId,
      useDraft: false,
      input: { text: "a refund" },
    });
    const { run, steps, ledger } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: "refund: a refund" } });
    const status = Object.fromEntries(steps.map((step) => [step.nodeId, step.status]));
    expect(status).toEqual({
      input: "completed",
      decide: "completed",
      yes: "completed",
      no: "skipped",
      after_no: "skipped",
      join: "completed",
      output: "completed",
    });
    expect(ledger.map((row) => row.nodeId).toSorted()).toEqual(["decide", "input", "join", "output", "yes"]);
  });

  it("asks a model 66 times in a row, however many calls of the engine that takes", async () => {
    const { admin, job } = await makeTenant();
    const nodes = Array.from({ length: 66 }, (_, index) => llmNode(`m${index}`, TEST_MODEL, `Say ${index}`));
    const workflowId = await publishGraph(admin, "Long", chain(nodes, "{{ m65.text }}"));
    const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "x" } });
    const { run, ledger } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: expect.stringMatching(/./) } });
    expect(ledger.filter((row) => row.resourceType === "workflow_node")).toHaveLength(68);
    expect(ledger.filter((row) => row.resourceType === "text_tokens_output")).toHaveLength(66);
  });

  it("runs branches beside each other, and many computing nodes in few steps of the engine", async () => {
    const { admin, job } = await makeTenant();
    const lanes = ["a", "b", "c"].map((lane) =>
      Array.from({ length: 30 }, (_, index) =>
        index === 10
          ? llmNode(`${lane}${index}`, TEST_MODEL, `{{ ${lane}9.text }}`)
          : transformNode(`${lane}${index}`, { text: index === 0 ? "{{ input.text }}" : lane }),
      ),
    );
    const edges = lanes.flatMap((nodes) =>
      nodes.map((node, index) => testEdge(nodes[index - 1]?.id ?? "input", node.id)),
    );
    const ends = lanes.map((nodes) => testEdge(nodes.at(-1)?.id ?? "", "join"));
    const graph = testGraph(
      [
        testNode("input", "input"),
        ...lanes.flat(),
        testNode("join", "merge"),
        outputNode("output", { result: "{{ join.values.c29.text }}" }),
      ],
      [...edges, ...ends, testEdge("join", "output")],
    );
    const workflowId = await publishGraph(admin, "Wide", graph);
    const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "x" } });
    const { run, steps } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "completed", resultData: { result: "c" } });
    expect(steps).toHaveLength(93);
    expect(steps.every((step) => step.status === "completed" && step.attempt === 1)).toBe(true);
  });

  it("fails naming the node, and starts nothing behind it", async () => {
    const { admin, job } = await makeTenant();
    const broken = testNode("broken", "transform", {
      fields: [{ key: "n", mode: "expression", value: "1 / int(input.text)" }],
    });
    const workflowId = await publishGraph(
      admin,
      "Broken",
      chain([broken, transformNode("after", { text: "x" })], "y"),
    );
    const { executionId } = await startRun(admin, { workflowId, useDraft: false, input: { text: "0" } });
    const { run, steps, ledger } = await ended(job, executionId);
    expect(run).toMatchObject({ status: "failed", errorNodeId: "broken", errorCode: "template" });
    expect(run.errorMessage).toContain("“broken”");
    expect(steps.map((step) => step.nodeId)).toEqual(["input", "broken"]);
    expect(ledger.map((row) => row.nodeId)).toEqual(["input"]);
  });
});
