import { beforeEach, expect, it } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { listCallers, listCallersToFollow } from "./caller-queries";
import { createWorkflow } from "./commands/create";
import { setWorkflowActive } from "./commands/manage";
import { publishWorkflow } from "./commands/publish";
import type { GraphNode } from "./graph";
import { testEdge, testGraph, testNode } from "./graph-testing";
import { createWorkflowInput } from "./input";
import { inputField } from "./kinds/input";

withTestDatabase();

let tenant: TestTenant;

beforeEach(async () => {
  tenant = await makeTenant();
});

const field = (key: string, required = true) => inputField.parse({ key, label: key, type: "text", required });

async function published(name: string, middle: GraphNode, result: string) {
  const nodes = [
    testNode("input", "input", { fields: [field("text")] }),
    middle,
    testNode("output", "output", { fields: [{ key: "answer", mode: "template", value: result }] }),
  ];
  const graph = testGraph(nodes, [testEdge("input", middle.id), testEdge(middle.id, "output")]);
  const { id } = await createWorkflow(tenant.member, createWorkflowInput.parse({ name, graph }));
  return publishWorkflow(tenant.admin, { workflowId: id, revision: 1, note: "" });
}

const step = testNode("step", "transform", { fields: [{ key: "a", mode: "template", value: "x" }] });
const calling = (workflowId: string, versionId = "") =>
  testNode("call", "workflow", {
    workflowId,
    versionId,
    inputs: [{ key: "text", mode: "template", value: "{{ input.text }}" }],
  });

it("names the workflows that would not run any more, and why, once one that they call takes or gives something else", async () => {
  const { id: workflowId, versionId } = await published("Inner", step, "{{ step.a }}");
  const reads = await published("Reads", calling(workflowId), "{{ call.answer }}");
  const asleep = await published("Asleep", calling(workflowId), "{{ call.answer }}");
  await setWorkflowActive(tenant.admin, { workflowId: asleep.id, isActive: false });
  const starts = await published("Starts", calling(workflowId), "done");
  await published("Keeps to a version", calling(workflowId, versionId), "{{ call.answer }}");
  const toFollow = (inputs: ReturnType<typeof field>[], outputs: string[]) =>
    listCallersToFollow(tenant.member, { workflowId, inputs, outputs });

  expect(await toFollow([field("text"), field("more", false)], ["answer", "more"])).toEqual([]);
  expect(await toFollow([field("text")], ["letter"])).toEqual([
    {
      id: reads.id,
      name: "Reads",
      problems: ["“output”: Field 1, Value: call has no “answer” (it has: letter)."],
    },
  ]);
  const problems = [
    "“call”: Input 1, Field: “Inner” takes no “text” (it takes: body).",
    "“call”: Inputs: “Inner” needs “body”.",
  ];
  expect(await toFollow([field("body")], ["answer"])).toEqual([
    { id: reads.id, name: "Reads", problems },
    { id: starts.id, name: "Starts", problems },
  ]);

  const callers = await listCallers(tenant.member, { workflowId });
  expect(callers.map(({ name }) => name)).toEqual(["Asleep", "Keeps to a version", "Reads", "Starts"]);
  expect(await listCallers(tenant.member, { workflowId: reads.id })).toEqual([]);

  const stranger = await makeTenant();
  await expect(listCallers(stranger.member, { workflowId })).rejects.toMatchObject({ code: "not_found" });
  await expect(
    listCallersToFollow(stranger.member, { workflowId, inputs: [], outputs: [] }),
  ).rejects.toMatchObject({ code: "not_found" });
});
