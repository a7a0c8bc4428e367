import { expect, it } from "vitest";
import { testGraph, testNode } from "./graph-testing";
import { NODE_KINDS } from "./nodes";
import { usesOf, withUses } from "./uses";

const graph = testGraph(
  [
    testNode("ask", "agent", { agentId: "a1", prompt: "{{ input.text }}" }),
    testNode("find", "retrieve", { documentIds: ["d1", "d2"] }),
    testNode("call", "workflow", { workflowId: "w1", versionId: "v1", inputs: [] }),
    testNode("again", "workflow", { workflowId: "w2", versionId: "v2", inputs: [] }),
    testNode("fetch", "http", { credentialId: "" }),
    testNode("draft", "agent", {}),
    testNode("old", "unheard_of", { agentId: "a9" }),
  ],
  [],
);

it("finds what the nodes of a workflow use, and nothing in what is left open", () => {
  expect(usesOf(graph).map(({ thing, id, node }) => [thing, id, node.id])).toEqual([
    ["agents", "a1", "ask"],
    ["documents", "d1", "find"],
    ["documents", "d2", "find"],
    ["workflows", "w1", "call"],
    ["workflows", "w2", "again"],
  ]);
});

it("puts other ids in their place, and gives up the version of a workflow that is another now", () => {
  const changed = withUses(graph, (_thing, id) => (id === "w2" ? id : `${id}x`));
  expect(changed.nodes.map(({ config }) => config)).toEqual([
    { agentId: "a1x", prompt: "{{ input.text }}" },
    { documentIds: ["d1x", "d2x"] },
    { workflowId: "w1x", versionId: "", inputs: [] },
    { workflowId: "w2", versionId: "v2", inputs: [] },
    { credentialId: "" },
    {},
    { agentId: "a9" },
  ]);
  expect(withUses(graph, (_thing, id) => id)).toEqual(graph);
});

it("knows all of them by the fields of a node itself: no row of a list chooses anything", () => {
  const inRows = NODE_KINDS.flatMap(({ form }) => form.flatMap((field) => ("row" in field ? field.row : [])));
  const choosing = ["agent", "workflow", "workflow_version", "documents", "credential", "people"];
  expect(inRows.length).toBeGreaterThan(0);
  expect(inRows.filter(({ type }) => choosing.includes(type))).toEqual([]);
});
