import { beforeAll, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { start } from "@/lib/runs/commands/testing";
import { driveTree, inside, line, mapNode } from "@/lib/runs/nested-testing";
import { llmNode, publishGraph, seedRunPrices, TEST_MODEL } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
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
