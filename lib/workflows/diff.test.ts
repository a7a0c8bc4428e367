import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineDiff } from "@/lib/changes/lines";
import { diffGraphs } from "./diff";
import type { Graph, GraphNode } from "./graph";
import { arbitraryDag, testEdge, testGraph, testNode } from "./graph-testing";

const llm = (prompt: string, more: Partial<GraphNode> = {}): GraphNode => ({
  ...testNode("ask", "llm", { modelKey: "m", system: "", prompt, outputFields: [] }),
  name: "Ask",
  ...more,
});
const input = (fields: GraphNode["config"][string]): GraphNode => testNode("input", "input", { fields });
const question = { key: "question", label: "Question", type: "text", required: true };
const graphOf = (nodes: readonly GraphNode[], edges: Graph["edges"] = []) => testGraph(nodes, edges);

describe("the difference of two graphs", () => {
  it("is nothing between a graph and itself, drawn elsewhere and with its keys in another order", () => {
    fc.assert(
      fc.property(arbitraryDag, (graph) => {
        const moved = {
          ...graph,
          nodes: graph.nodes
            .map((node) => ({
              ...node,
              position: { x: 7, y: 7 },
              config: Object.fromEntries(Object.entries(node.config).toReversed()),
            }))
            .toReversed(),
          edges: graph.edges.map((edge, index) => ({ ...edge, id: `e${index}` })),
        };
        expect(diffGraphs(graph, moved)).toEqual({ nodes: [], edges: [], isSame: true });
      }),
    );
  });

  it("turns around with its graphs: what one way adds, the other removes", () => {
    fc.assert(
      fc.property(arbitraryDag, arbitraryDag, (a, b) => {
        const names = (diff: ReturnType<typeof diffGraphs>, change: string) => [
          ...diff.nodes
            .filter((node) => node.change === change)
            .map((node) => node.nodeId)
            .toSorted(),
          ...diff.edges
            .filter((edge) => edge.change === change)
            .map((edge) => `${edge.from}>${edge.port}>${edge.to}`)
            .toSorted(),
        ];
        const [there, back] = [diffGraphs(a, b), diffGraphs(b, a)];
        expect(names(there, "added")).toEqual(names(back, "removed"));
        expect(names(there, "removed")).toEqual(names(back, "added"));
      }),
    );
  });

  it("names settings by their labels, with choices and ids in words", () => {
    const before = graphOf([input([question]), testNode("ana", "agent", { agentId: "a1", prompt: "Hi" })]);
    const after = graphOf([
      input([
        { ...question, required: false, type: "long_text" },
        { ...question, key: "more", label: "More" },
      ]),
      testNode("ana", "agent", { agentId: "a2", prompt: "Hi" }),
    ]);
    const { nodes } = diffGraphs(before, after, { a1: "Ana", a2: "Ben" });
    expect(nodes.map(({ nodeId, fields }) => [nodeId, fields.map(Object.values)])).toEqual([
      [
        "input",
        [
          ["Fields: question, Type", "Text", "Long text"],
          ["Fields: question, Required", "Yes", "No"],
          ["Fields: more", null, "More, more, Text, Yes"],
        ],
      ],
      ["ana", [["Agent", "Ana", "Ben"]]],
    ]);
  });

  it("tells renames, moves between containers, kinds that changed, and policies", () => {
    const loop = { ...testNode("each", "map"), name: "Each" };
    const before = graphOf([loop, llm("Hi"), testNode("t", "transform")]);
    const after = graphOf([
      loop,
      llm("Hi", { name: "Ask more", parent: "each", policy: { timeoutMs: 5_000, onError: "branch" } }),
      testNode("t", "merge"),
    ]);
    expect(diffGraphs(before, after).nodes).toMatchObject([
      {
        change: "changed",
        name: "Ask more",
        renamedFrom: "Ask",
        moved: { from: null, to: "Each" },
        fields: [
          { label: "Timeout", before: null, after: "5 s" },
          { label: "On failure", before: null, after: "Leave by the error branch" },
        ],
      },
      { change: "added", kindLabel: "Merge" },
      { change: "removed", kindLabel: "Transform" },
    ]);
  });

  it("names edges by their nodes and, of several, their port", () => {
    const nodes = [testNode("input", "input"), testNode("if", "condition"), testNode("t", "transform")];
    const before = graphOf(nodes, [testEdge("input", "if"), testEdge("if", "t", "true")]);
    const after = graphOf(nodes, [testEdge("input", "if"), testEdge("if", "t", "false")]);
    expect(diffGraphs(before, after).edges).toEqual([
      { change: "removed", from: "if", port: "True", to: "t" },
      { change: "added", from: "if", port: "False", to: "t" },
    ]);
  });
});

it("tells a time limit in seconds, as it is asked for", () => {
  const within = (timeoutMs: number) => graphOf([testNode("call", "http", { timeoutMs })]);
  expect(diffGraphs(within(15_000), within(2_500)).nodes).toMatchObject([
    { fields: [{ label: "Timeout, in seconds", before: "15", after: "2.5" }] },
  ]);
});

describe("lines of a text", () => {
  it("puts both texts together again", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 })
      .map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDiff(before, after);
        const side = (kind: string) =>
          lines.reduce(
            (count, line) =>
              count + (line.kind === "gap" ? line.count : line.kind === "same" || line.kind === kind ? 1 : 0),
            0,
          );
        const lengthOf = (of: string) => (of === "" ? 0 : of.replace(/\n$/, "").split("\n").length);
        expect([side("removed"), side("added")]).toEqual([lengthOf(before), lengthOf(after)]);
      }),
    );
  });

  it("folds what did not change, and gives up early on texts that have nothing in common", () => {
    const long = Array.from({ length: 40 }, (_, index) => `line ${index}`);
    const changed = long.with(20, "another");
    expect(lineDiff(long.join("\n"), changed.join("\n"))).toEqual([
      { kind: "gap", count: 18 },
      { kind: "same", text: "line 18" },
      { kind: "same", text: "line 19" },
      { kind: "removed", text: "line 20" },
      { kind: "added", text: "another" },
      { kind: "same", text: "line 21" },
      { kind: "same", text: "line 22" },
      { kind: "gap", count: 17 },
    ]);
    const other = (from: string) =>
      Array.from({ length: 10_000 }, (_, index) => `${from}${index}`).join("\n");
    expect(lineDiff(other("a"), other("b"))).toHaveLength(20_000);
  });
});
