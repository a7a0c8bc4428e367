import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { chat } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { portsOfNode } from "@/lib/workflows/nodes";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { finishRun } from "./finish";
import { addStubModel, outputNode, publishGraph, readRun, seedRunPrices } from "./testing";

withTestDatabase();

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

/** Input → the node → an output for each of its ports, which says which port it was. */
async function run(node: GraphNode, text: string) {
  const ends = portsOfNode(node).map((port) => outputNode(`end_${port.id}`, { way: port.id }));
  const graph = testGraph(
    [testNode("input", "input"), node, ...ends],
    [
      testEdge("input", node.id),
      ...portsOfNode(node).map((port) => testEdge(node.id, `end_${port.id}`, port.id)),
    ],
  );
  const workflowId = await publishGraph(tenant.admin, `Branch ${text}`, graph);
  const { executionId } = await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } });
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  const reference = await executeNode(tenant.job, { executionId, nodeId: node.id });
  const [port] = reference.status === "completed" ? reference.ports : [];
  if (port) await executeNode(tenant.job, { executionId, nodeId: `end_${port}` });
  const status = await finishRun(tenant.job, executionId);
  return { status, ...(await readRun(tenant.job, executionId)) };
}

const switchNode = testNode("pick", "switch", {
  cases: [
    { key: "long", label: "Long", expression: "input.text.size() > 10" },
    { key: "refund", label: "Refund", expression: 'input.text.contains("refund")' },
    { key: "number", label: "A number", expression: "double(input.text) > 0.0" },
  ],
});

function decisionIn({ steps }: Awaited<ReturnType<typeof run>>): unknown {
  const detail = steps.find((step) => step.nodeId === "pick")?.detail;
  return typeof detail === "object" && detail !== null && "decision" in detail ? detail.decision : null;
}

it("a switch goes the way of the first case that holds, and skips the others", async () => {
  const long = await run(switchNode, "a refund, please");
  expect(long.run.resultData).toEqual({ way: "long" });
  expect(long.steps.filter((step) => step.status === "skipped").map((step) => step.nodeId)).toEqual(
    expect.arrayContaining(["end_refund", "end_number", "end_else"]),
  );
  expect(decisionIn(long)).toEqual({ by: "Case “Long” holds:", expression: "input.text.size() > 10" });
  expect((await run(switchNode, "refund")).run.resultData).toEqual({ way: "refund" });
  const none = await run(switchNode, "-1");
  expect(none.run.resultData).toEqual({ way: "else" });
  expect(decisionIn(none)).toEqual({ by: "No case holds." });
  const broken = await run(switchNode, "abc");
  expect(broken.run).toMatchObject({ status: "failed", errorNodeId: "pick", errorCode: "template" });
  expect(broken.run.errorMessage).toMatch(/^“pick”, case A number: /);
});

it("a condition says which rule decided", async () => {
  const condition = (match: string) =>
    testNode("pick", "condition", {
      match,
      rules: [{ expression: "input.text.size() > 3" }, { expression: 'input.text.contains("refund")' }],
    });
  expect(decisionIn(await run(condition("all"), "hello"))).toEqual({
    by: "Rule 2 does not hold:",
    expression: 'input.text.contains("refund")',
  });
  expect(decisionIn(await run(condition("all"), "refund"))).toEqual({ by: "All rules hold." });
  expect(decisionIn(await run(condition("any"), "hello!"))).toEqual({
    by: "Rule 1 holds:",
    expression: "input.text.size() > 3",
  });
  expect(decisionIn(await run(condition("any"), "hi"))).toEqual({ by: "No rule holds." });
});

const classifyNode = () =>
  testNode("sort", "classify", {
    modelKey: model,
    text: "Message: {{ input.text }}",
    instructions: "Be strict about {{ input.text }}.",
    categories: [
      { key: "refund", label: "Refund", description: "Wants money back" },
      { key: "praise", label: "Praise", description: "" },
    ],
  });

const says = (category: string) =>
  chat({ content: JSON.stringify({ category }) }, { prompt_tokens: 100, completion_tokens: 50 });

it("classify asks a model once with its categories, goes where it says, and bills the call", async () => {
  stub.play(says("refund"));
  const { run: ended, steps, calls, ledger } = await run(classifyNode(), "money back");
  expect(ended.resultData).toEqual({ way: "refund" });
  expect(steps.find((step) => step.nodeId === "sort")).toMatchObject({
    output: { category: "refund", label: "Refund" },
    branch: "refund",
  });
  expect(stub.requests).toHaveLength(1);
  const asked = JSON.stringify(stub.requests[0]);
  for (const part of ["Message: money back", "Wants money back", "strict about money back", '"praise"'])
    expect(asked.replaceAll("\\", "")).toContain(part);
  expect(calls).toMatchObject([{ status: "settled", purpose: "classify", inputTokens: 100 }]);
  const costs = ledger.filter((row) => row.modelKey === model).map((row) => row.tenantCost);
  expect(costs.toSorted()).toEqual(["0.000200", "0.000400"]);
});

it("an answer outside of the categories is none of them", async () => {
  stub.play(says("Refund!"));
  const { run: ended } = await run(classifyNode(), "hm");
  expect(ended).toMatchObject({ status: "completed", resultData: { way: "none" } });
});
