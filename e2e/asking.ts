import type { Graph } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";

/** input → a question that anybody may answer, “Go on?” → output */
export function askingGraph(): Graph {
  const approval = testNode("approval", "approval", {
    title: "Go on?",
    message: "",
    fields: [],
    who: "anyone",
    userIds: [],
  });
  const output = testNode("output", "output", {
    fields: [{ key: "result", mode: "template", value: "done" }],
  });
  const edges = [testEdge("input", "approval"), testEdge("approval", "output", "approved")];
  return testGraph([testNode("input", "input"), approval, output], edges);
}
