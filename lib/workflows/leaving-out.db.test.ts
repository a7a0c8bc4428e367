import { beforeEach, expect, it } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { createWorkflow } from "./commands/create";
import { publishWorkflow } from "./commands/publish";
import { saveDraft } from "./commands/save";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";

withTestDatabase();

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

const output = { fields: [{ key: "result", mode: "template", value: "{{ input.text input.text }}" }] };
const leaving = testGraph(
  [testNode("input", "input"), testNode("output", "output", output)],
  [testEdge("input", "output")],
);

const create = (name: string, graph: unknown) =>
  createWorkflow(tenant.member, createWorkflowInput.parse({ name, graph }));

it("what leaves something out is kept in a new workflow as by autosave, not saved on purpose and not published", async () => {
  const { id } = await create("Leaving", leaving);
  const save = (revision: number, isAutosave: boolean) =>
    saveDraft(tenant.member, { workflowId: id, revision, graph: leaving, isAutosave });
  expect(await save(1, true)).toMatchObject({ revision: 2 });
  const refusal = {
    code: "invalid",
    reason: "template_leaves_out",
    message: expect.stringContaining("“input.text” after “input.text” would be left out"),
  };
  await expect(save(2, false)).rejects.toMatchObject(refusal);
  const publish = publishWorkflow(tenant.member, { workflowId: id, revision: 2, note: "" });
  await expect(publish).rejects.toMatchObject(refusal);
});

it("what no autosave takes is no new workflow either", async () => {
  const { id } = await create("Sound", leaving);
  const graph = { ...leaving, edges: [...leaving.edges, testEdge("output", "input")] };
  const cycle = { code: "invalid", reason: "cycle" };
  await expect(create("Cyclic", graph)).rejects.toMatchObject(cycle);
  const save = saveDraft(tenant.member, { workflowId: id, revision: 1, graph, isAutosave: true });
  await expect(save).rejects.toMatchObject(cycle);
});
