import { expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { openWays } from "./open-ways";

const ask = testNode("ask", "approval", { timeoutHours: 1 });
const nodes = [
  testNode("input", "input"),
  testNode("yes", "output"),
  testNode("no", "output"),
  testNode("late", "output"),
  ask,
];
const edges = [
  testEdge("input", "ask"),
  testEdge("ask", "late", "timeout"),
  testEdge("ask", "yes", "approved"),
  testEdge("ask", "no", "rejected"),
];

it("tells the ways of a node that lead nowhere while others lead on", () => {
  expect(openWays(testGraph(nodes, edges))).toEqual([]);
  expect(openWays(testGraph(nodes, edges.slice(0, 2)))).toMatchObject([
    { nodeId: "ask", port: "approved", label: "Approved" },
    { nodeId: "ask", port: "rejected", label: "Rejected" },
  ]);
  expect(openWays(testGraph(nodes, []))).toEqual([]);
});

it("tells nothing of the last nodes of a body", () => {
  const inside = { ...testNode("sort", "condition"), parent: "each" };
  const then = { ...testNode("then", "transform"), parent: "each" };
  const graph = testGraph(
    [testNode("input", "input"), testNode("each", "map"), inside, then],
    [testEdge("input", "each"), testEdge("sort", "then", "true")],
  );
  expect(openWays(graph)).toEqual([]);
});
