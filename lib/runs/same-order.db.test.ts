import { beforeAll, expect, it } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { drive, start, stepOf } from "./commands/testing";
import { computeWhole } from "./compute";
import { driveRun } from "./drive";
import { driveTree, inside, line, mapNode } from "./nested-testing";
import { chain, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
});

// Two names of one length, whose characters have others, and one that is written as a number.
const NAMED = '{"title": "T", "id": "I", "naïve": "N", "zebra": "Z", "10": "X", "9": "Y"}';
const object = testNode("object", "transform", {
  fields: [{ key: "it", mode: "expression", value: NAMED }],
});
const texts = { said: "{{ object.it | json }}" };

it("what a node reads of an object is in one order, whoever works out the run, and when", async () => {
  const graph = chain([object, transformNode("text", texts)], "{{ text.said }}");
  const workflowId = await publishGraph(tenant.admin, "Order", graph);
  const [atOnce, byStep] = [await start(tenant, workflowId), await start(tenant, workflowId)];
  await driveRun(tenant.job, atOnce, { budgetMs: 60_000 });
  await drive(tenant, byStep);
  const results = await Promise.all(
    [atOnce, byStep].map(async (id) => (await readRun(tenant.job, id)).run.resultData),
  );
  expect(results).toEqual([results[1], results[1]]);
  expect(computeWhole(graph, { text: "a" })?.result).toEqual(results[1]);
});

it("items of a list are in one order, be they begun with it or later", async () => {
  const list = mapNode("each", `[${NAMED}, ${NAMED}, ${NAMED}]`, { value: "{{ item | json }}" });
  const graph = line([list], { more: inside("each", transformNode("t", { a: "1" })) });
  const executionId = await start(tenant, await publishGraph(tenant.admin, "Items", graph));
  expect(await driveTree(tenant, executionId)).toBe("completed");
  const { steps } = await readRun(tenant.job, executionId);
  const { items } = stepOf(steps, "each").output as { items: string[] };
  expect(new Set(items).size).toBe(1);
});
