import { expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { autoLayout } from "./layout";

it("lays out what a node leads to in the order of its ports", () => {
  const ask = testNode("ask", "approval", { timeoutHours: 1 });
  const ends = ["yes", "no", "late"];
  const graph = testGraph(
    [testNode("input", "input"), ask, ...ends.map((id) => testNode(id, "output"))],
    [
      testEdge("input", "ask"),
      testEdge("ask", "late", "timeout"),
      testEdge("ask", "yes", "approved"),
      testEdge("ask", "no", "rejected"),
    ],
  );
  const { positions } = autoLayout(graph);
  const heights = ends.map((id) => positions.get(id)?.y ?? Number.NaN);
  expect(heights).toEqual(heights.toSorted((one, other) => one - other));
  expect(new Set(heights).size).toBe(3);
});
