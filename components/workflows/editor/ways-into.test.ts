import { expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { waysInto } from "./ways-into";

it("tells each way that may lead to a node, and none that does, comes after it or is in a container", () => {
  const nodes = [
    testNode("input", "input"),
    testNode("ask", "approval"),
    testNode("send", "merge"),
    testNode("end", "output"),
    testNode("each", "map"),
    { ...testNode("inside", "merge"), parent: "each" },
  ];
  const edges = [testEdge("input", "ask"), testEdge("ask", "send", "approved"), testEdge("send", "end")];
  const graph = testGraph(nodes, edges);
  const found = (nodeId: string) =>
    waysInto(graph, nodeId).map(({ source, port, label }) => [source.id, port, label]);
  expect(found("send")).toEqual([
    ["input", "out", null],
    ["ask", "rejected", "Rejected"],
    ["each", "out", null],
  ]);
  expect(found("input")).toEqual([]);
  expect(found("inside")).toEqual([]);
});
