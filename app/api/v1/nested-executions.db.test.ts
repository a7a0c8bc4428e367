import { beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { start } from "@/lib/runs/commands/testing";
import { driveTree, inside, line, mapNode } from "@/lib/runs/nested-testing";
import { llmNode, publishGraph, seedRunPrices, TEST_MODEL } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { call, makeKey } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

/** A model is asked before the list, in each item of it, and in each item of the lists inside. */
const GRAPH = line([llmNode("first", TEST_MODEL), mapNode("each", "[1, 2]")], {
  more: [
    ...inside("each", llmNode("ask", TEST_MODEL), mapNode("inner", "[1, 2, 3]")),
    ...inside("inner", llmNode("deep", TEST_MODEL)),
  ],
});

it("counts the tokens of what ran inside of a step, as its cost does", async () => {
  const tenant = await makeTenant();
  const key = await makeKey(tenant, ["executions:read"]);
  const executionId = await start(tenant, await publishGraph(tenant.admin, "Nested", GRAPH));
  expect(await driveTree(tenant, executionId)).toBe("completed");
  const { tokens, steps } = await (await call("GET", `/executions/${executionId}`, { key })).json();
  const rows = await asWorker(tenant.job, (tx) => tx.select().from(ledgerEntries));
  const billed = (resource: string, among = rows) =>
    among
      .filter(({ resourceType }) => resourceType === resource)
      .reduce((sum, { quantity }) => sum + Math.round(Number(quantity) * 1_000_000), 0);
  const tokensOf = (among: typeof rows) => ({
    input: billed("text_tokens_input", among),
    output: billed("text_tokens_output", among),
    embedding: 0,
  });
  expect(rows.filter(({ resourceType }) => resourceType === "text_tokens_input")).toHaveLength(9);
  expect(tokens).toEqual(tokensOf(rows));
  const told = Object.fromEntries(steps.map((step: { nodeId: string }) => [step.nodeId, step]));
  expect(told.first.tokens).toEqual(tokensOf(rows.filter(({ stepId }) => stepId === told.first.id)));
  expect(told.each.tokens).toEqual(tokensOf(rows.filter((row) => row.executionId !== executionId)));
});

type Part = { id: string; index: number | null; name: string; cost: { amount: string } };

/** The parts of a step, two on a page. */
async function partsOf(key: string, executionId: string, nodeId: string): Promise<Part[]> {
  const path = `/executions/${executionId}/steps/${nodeId}/parts?limit=2`;
  const parts: Part[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const response: Response = await call("GET", cursor ? `${path}&cursor=${cursor}` : path, { key });
    const { data, nextCursor } = (await response.json()) as { data: Part[]; nextCursor: string | null };
    expect(data.length).toBeLessThanOrEqual(2);
    parts.push(...data);
    cursor = nextCursor;
  }
  return parts;
}

/** Every step of a run and of what ran inside of it, as a program finds them from the run's id. */
async function everyStep(key: string, executionId: string): Promise<string[]> {
  const { steps } = await (await call("GET", `/executions/${executionId}`, { key })).json();
  const found: string[] = [];
  for (const { id, nodeId } of steps as { id: string; nodeId: string }[]) {
    found.push(id);
    for (const part of await partsOf(key, executionId, nodeId))
      found.push(...(await everyStep(key, part.id)));
  }
  return found;
}

it("leads from a run to every step of its items and of the workflows that it called", async () => {
  const tenant = await makeTenant();
  const key = await makeKey(tenant, ["executions:read"]);
  const workflowId = await publishGraph(tenant.admin, "Nested", GRAPH);
  const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
  const calling = testNode("call", "workflow", { workflowId, versionId: "", inputs });
  const executionId = await start(tenant, await publishGraph(tenant.admin, "Calling", line([calling])));
  expect(await driveTree(tenant, executionId)).toBe("completed");
  const rows = await asWorker(tenant.job, (tx) => tx.select({ id: executionSteps.id }).from(executionSteps));
  expect((await everyStep(key, executionId)).sort()).toEqual(rows.map(({ id }) => id).sort());

  const [called, ...others] = await partsOf(key, executionId, "call");
  expect([called, others]).toMatchObject([{ index: null, name: "Nested" }, []]);
  const items = await partsOf(key, called?.id ?? "", "each");
  expect(items.map(({ index }) => index)).toEqual([0, 1]);
  const inner = await partsOf(key, items[0]?.id ?? "", "inner");
  expect(inner.map(({ index }) => index)).toEqual([0, 1, 2]);
  const { cost } = await (await call("GET", `/executions/${items[0]?.id}`, { key })).json();
  expect(items[0]?.cost).toEqual(cost);

  const stranger = await makeKey(await makeTenant(), ["executions:read"]);
  for (const [path, by] of [
    [`${executionId}/steps/call/parts`, stranger],
    [`${executionId}/steps/nothing/parts`, key],
    [`${executionId}/steps/call/parts?iteration=1`, key],
  ] as const)
    expect((await call("GET", `/executions/${path}`, { key: by })).status).toBe(404);
});
