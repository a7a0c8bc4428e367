import { beforeAll, expect, it } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { saveDraft } from "@/lib/workflows/commands/save";
import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { previewResume } from "../resume-preview";
import { chain, publishGraph, readRun, seedRunPrices, transformNode } from "../testing";
import { resumeRun } from "./resume";
import { runNodes } from "./run-nodes";
import { startRun } from "./start";
import { drive, numberNode, stepOf } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

const given = (pin?: GraphNode["pin"]): GraphNode => ({
  ...transformNode("given", { text: "worked out" }),
  ...(pin ? { pin } : {}),
});
const graph = (node: GraphNode, number: string): Graph =>
  chain([node, numberNode("number", number)], "{{ given.text }}");

it.each([
  ["is pinned to it now", { text: "was pinned" }, { text: "is pinned" }, "is pinned"],
  ["it works out, where its pin was taken away", { text: "was pinned" }, undefined, "worked out"],
  ["is pinned to it since", undefined, { text: "is pinned" }, "is pinned"],
])("a node of a resumed run that uses pins gives what %s", async (_, before, after, result) => {
  const tenant = await makeTenant();
  const workflowId = await publishGraph(tenant.admin, "Pins", graph(given(), "1.0"));
  const save = (revision: number, draft: Graph) =>
    saveDraft(tenant.admin, { workflowId, revision, graph: draft, isAutosave: false });
  await save(1, graph(given(before), "double(input.text)"));
  const asked = { workflowId, useDraft: true, usePins: true, input: { text: "a" } };
  const { executionId } = await startRun(tenant.admin, asked);
  await drive(tenant, executionId);
  expect((await readRun(tenant.job, executionId)).run.status).toBe("failed");
  await save(2, graph(given(after), "1.0"));
  const { again } = await previewResume(tenant.admin, { executionId, on: "newest" });
  expect(again.find(({ nodeId }) => nodeId === "given")).toMatchObject({ reason: "changed" });
  const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
  await drive(tenant, resumed.executionId);
  const { run } = await readRun(tenant.job, resumed.executionId);
  expect(run).toMatchObject({ status: "completed", resultData: { result } });
});

it.each([
  [
    "gave, though that is another node now",
    given(),
    transformNode("given", { text: "another" }),
    "worked out",
  ],
  ["gave by a pin, though that was taken away", given({ text: "pinned" }), given(), "pinned"],
  ["is to give by its pin now", given({ text: "pinned" }), given({ text: "other" }), "other"],
])("a resumed run of one node takes what a node before it %s", async (_, before, after, result) => {
  const tenant = await makeTenant();
  const reading = (text: string) => ({ ...numberNode("number", text) });
  const draft = (node: GraphNode, number: string) => chain([node, reading(number)], "{{ number.n }}");
  const workflowId = await publishGraph(tenant.admin, "Nodes", draft(given(), "given.text"));
  const save = (revision: number, changed: Graph) =>
    saveDraft(tenant.admin, { workflowId, revision, graph: changed, isAutosave: false });
  const first = await startRun(tenant.admin, { workflowId, useDraft: true, input: { text: "a" } });
  await drive(tenant, first.executionId);
  await save(1, draft(before, "double(given.text)"));
  const { executionId } = await runNodes(tenant.admin, { workflowId, nodeId: "number", scope: "node" });
  await drive(tenant, executionId);
  expect((await readRun(tenant.job, executionId)).run.status).toBe("failed");
  await save(2, draft(after, "given.text"));
  const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
  await drive(tenant, resumed.executionId);
  const { steps } = await readRun(tenant.job, resumed.executionId);
  expect(stepOf(steps, "number")).toMatchObject({ status: "completed", output: { n: result } });
});

it.each([
  ["before it, as it is pinned now", "node", { text: "other" }, "other"],
  ["it begins with, as it is pinned now", "from", { text: "other" }, "other"],
  ["before it, as it was, where the pin was taken away", "node", undefined, "pinned"],
] as const)("a resumed run of one node reads the input %s", async (_, scope, pin, result) => {
  const tenant = await makeTenant();
  const draft = (inputPin: GraphNode["pin"], number: string) => {
    const graph = chain([numberNode("number", number)], "{{ number.n }}");
    const nodes = graph.nodes.map((node) =>
      node.id === "input" && inputPin ? { ...node, pin: inputPin } : node,
    );
    return { ...graph, nodes };
  };
  const workflowId = await publishGraph(tenant.admin, "Input", draft(undefined, "1.0"));
  const save = (revision: number, graph: Graph) =>
    saveDraft(tenant.admin, { workflowId, revision, graph, isAutosave: false });
  await save(1, draft({ text: "pinned" }, "double(input.text)"));
  const nodeId = scope === "from" ? "input" : "number";
  const { executionId } = await runNodes(tenant.admin, { workflowId, nodeId, scope });
  await drive(tenant, executionId);
  expect((await readRun(tenant.job, executionId)).run.status).toBe("failed");
  await save(2, draft(pin, "input.text"));
  const resumed = await resumeRun(tenant.admin, { executionId, on: "newest" });
  await drive(tenant, resumed.executionId);
  const { steps } = await readRun(tenant.job, resumed.executionId);
  expect(stepOf(steps, "number")).toMatchObject({ status: "completed", output: { n: result } });
});
