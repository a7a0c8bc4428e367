import { beforeAll, expect, it, vi } from "vitest";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { numberNode, start } from "./commands/testing";
import { driveTree, inside, line, mapNode, treeOf } from "./nested-testing";
import { findRunOf } from "./run-queries";
import { getStep } from "./step-queries";
import { publishGraph, seedRunPrices } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });

let tenant: TestTenant;
beforeAll(async () => {
  await seedRunPrices();
  tenant = await makeTenant();
});

const calling = (id: string, workflowId: string, value = "{{ input.text }}") =>
  testNode(id, "workflow", { workflowId, versionId: "", inputs: [{ key: "text", mode: "template", value }] });

it("a step that failed by what it called leads to the innermost workflow that did, and its own node to its own", async () => {
  const inner = await publishGraph(tenant.admin, "Inner", line([numberNode("breaks", "double(input.text)")]));
  const each = mapNode("each", "[1, 2]", { mode: "expression", value: "item" });
  const body = inside("each", calling("calls", inner));
  const middle = await publishGraph(tenant.admin, "Middle", line([each], { more: body }));
  const outer = await publishGraph(tenant.admin, "Outer", line([calling("starts", middle)]));
  const executionId = await start(tenant, outer);
  expect(await driveTree(tenant, executionId)).toBe("failed");
  const tree = await treeOf(tenant, executionId);
  const of = (workflowId: string) => tree.find((run) => run.workflowId === workflowId && !run.bodyNodeId);
  const item = tree.find(({ bodyNodeId }) => bodyNodeId === "each");
  const place = (workflowId: string) => ({ workflowId, executionId: of(workflowId)?.id });

  const at = (id: string | undefined, nodeId: string) =>
    getStep(tenant.member, { executionId: id ?? "", nodeId });
  expect(await at(executionId, "starts")).toMatchObject({ home: place(outer), fault: place(inner) });
  expect(await at(of(middle)?.id, "each")).toMatchObject({ home: place(middle), fault: place(inner) });
  expect(await at(item?.id, "calls")).toMatchObject({ home: place(middle), fault: place(inner) });
  expect(await at(of(inner)?.id, "breaks")).toMatchObject({ home: place(inner), fault: null });
});

it("an editor shows the runs of its own workflow, and nothing for an id of none of them", async () => {
  const workflowId = await publishGraph(tenant.admin, "Shown", line([]));
  const other = await publishGraph(tenant.admin, "Other", line([]));
  const executionId = await start(tenant, workflowId);
  expect(await findRunOf(tenant.member, workflowId, executionId)).toBe(executionId);
  const stranger = await makeTenant();
  expect(await findRunOf(stranger.admin, workflowId, executionId)).toBeNull();
  expect(await findRunOf(tenant.member, other, executionId)).toBeNull();
  for (const asked of [newId(), "nonsense", undefined, [executionId]])
    expect(await findRunOf(tenant.member, workflowId, asked)).toBeNull();
});
