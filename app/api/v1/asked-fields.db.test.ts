import { expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { approvals } from "@/db/schema/run-control";
import { outputNode, publishGraph } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { plantRows } from "@/lib/testing/rows";
import { makeTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { plantedIds } from "./planted-testing";
import { call, makeKey } from "./testing";

withTestDatabase();

/** As the editor writes it, and as it is told. */
const WRITTEN = { key: "limit", label: "Limit", type: "number", required: true, default: "400" };
const TOLD = { ...WRITTEN, default: 400 };

it("tells what a field is filled in with when nothing is said of it, of a run's input and of an approval", async () => {
  const tenant = await makeTenant();
  const key = await makeKey(tenant);
  const graph = testGraph(
    [testNode("input", "input", { fields: [WRITTEN] }), outputNode("output", { result: "x" })],
    [testEdge("input", "output")],
  );
  const workflowId = await publishGraph(tenant.admin, "Limits", graph);
  const workflow = await (await call("GET", `/workflows/${workflowId}`, { key })).json();
  expect(workflow.inputFields).toEqual([TOLD]);
  await plantRows(tenant, null);
  await asWorker(tenant.job, (tx) => tx.update(approvals).set({ fields: [WRITTEN] }));
  const { approvalId } = await plantedIds(tenant);
  const approval = await (await call("GET", `/approvals/${approvalId}`, { key })).json();
  expect(approval.fields).toEqual([TOLD]);
});
