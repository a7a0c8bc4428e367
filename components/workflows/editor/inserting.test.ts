import { describe, expect, it } from "vitest";
import type { Graph } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { firstPlace } from "./inserting";
import { initialState, reduce } from "./state";

const at = (x: number, y = 0) => ({ position: { x, y } });
const graph = testGraph(
  [
    { ...testNode("input", "input"), ...at(0) },
    { ...testNode("next", "transform"), ...at(280) },
    { ...testNode("output", "output"), ...at(560) },
    { ...testNode("apart", "transform"), ...at(280, 400) },
  ],
  [testEdge("input", "next"), testEdge("next", "output")],
);
const linesOf = ({ edges }: Graph) =>
  edges.map(({ source, sourcePort, target }) => [source, sourcePort, target]);
const xOf = ({ nodes }: Graph) => Object.fromEntries(nodes.map(({ id, position }) => [id, position.x]));
const put = (kind: string, into = graph.edges[0]?.id) =>
  reduce(initialState(graph, 1), {
    type: "add",
    kind,
    at: { x: 0, y: 0 },
    ...(into ? { into } : {}),
  });

it("a node is put into a connection in one step, and what follows makes room", () => {
  const state = put("llm");
  expect(linesOf(state.graph)).toEqual([
    ["next", "out", "output"],
    ["input", "out", "llm_1"],
    ["llm_1", "out", "next"],
  ]);
  expect(xOf(state.graph)).toEqual({ input: 0, llm_1: 280, next: 560, output: 840, apart: 280 });
  expect([...state.selection.nodes]).toEqual(["llm_1"]);
  expect(reduce(state, { type: "undo" }).graph).toBe(graph);
});

it("of several ways on the first leads on", () => {
  expect(linesOf(put("condition").graph)).toContainEqual(["condition_1", "true", "next"]);
});

it("what cannot stand in a connection, or finds it gone, is added beside it", () => {
  for (const state of [put("output"), put("note"), put("llm", "gone")]) {
    expect(linesOf(state.graph)).toEqual(linesOf(graph));
    expect(state.graph.nodes).toHaveLength(5);
  }
});

it("the first node of a new workflow belongs between its input and its output", () => {
  const nodes = [testNode("input", "input"), testNode("output", "output")];
  const edge = testEdge("input", "output");
  const fresh = testGraph(nodes, [edge]);
  expect(firstPlace(fresh, "agent")).toEqual(edge);
  for (const kind of ["note", "input", "output"]) expect(firstPlace(fresh, kind)).toBeUndefined();
  expect(firstPlace(testGraph(nodes, []), "agent")).toBeUndefined();
  expect(firstPlace(graph, "agent")).toBeUndefined();
});

describe("the output of a new workflow", () => {
  const first = (kind: string, value = "{{ input.text }}") => {
    const fields = [{ key: "result", mode: "template", value }];
    const edge = testEdge("input", "output");
    const fresh = testGraph([testNode("input", "input"), testNode("output", "output", { fields })], [edge]);
    const state = reduce(initialState(fresh, 1), { type: "add", kind, at: { x: 0, y: 0 }, into: edge.id });
    const given = state.graph.nodes.find(({ id }) => id === "output")?.config.fields;
    return { state, fresh, given: Array.isArray(given) ? given[0] : undefined };
  };

  it("gives the text of the first node, and says so; one step back is as before", () => {
    const { state, fresh, given } = first("llm");
    expect(given).toEqual({ key: "result", mode: "template", value: "{{ llm_1.text }}" });
    expect(state.notice?.text).toBe("The output gives what “Model” gives.");
    expect(reduce(state, { type: "undo" }).graph).toBe(fresh);
  });

  it("stays where the node has no text, and where somebody wrote something else", () => {
    expect(first("condition").given).toMatchObject({ value: "{{ input.text }}" });
    expect(first("condition").state.notice).toBeNull();
    expect(first("llm", "Thanks.").given).toMatchObject({ value: "Thanks." });
  });
});
