import { expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { nodesRead } from "./reads";

const value = (key: string, text: string, mode = "template") => ({ key, mode, value: text });
const reading = (...fields: ReturnType<typeof value>[]) => {
  const node = testNode("t", "transform", { fields });
  const graph = testGraph(
    [
      testNode("input", "input"),
      testNode("a", "transform"),
      testNode("b", "transform"),
      testNode("c", "transform"),
      node,
    ],
    [testEdge("input", "a"), testEdge("a", "b"), testEdge("b", "c"), testEdge("c", "t")],
  );
  return nodesRead(graph, node).toSorted();
};

it("loads what templates and expressions name, and the parents", () => {
  expect(reading(value("x", "fixed"))).toEqual(["c"]);
  expect(reading(value("x", "{{ a.text }} and {{ nodes.b.text | upcase }}"))).toEqual(["a", "b", "c"]);
  expect(reading(value("x", "size(a.text) > 0 && input.text != ''", "expression"))).toEqual([
    "a",
    "c",
    "input",
  ]);
  expect(reading(value("x", "{% for item in b.list %}{{ item }}{% endfor %}"))).toEqual(["b", "c"]);
});

it("loads everything before the node when a name is computed", () => {
  const all = ["a", "b", "c", "input"];
  expect(reading(value("x", "{{ nodes[input.which].text }}"))).toEqual(all);
  expect(reading(value("x", "nodes[input.which].text", "expression"))).toEqual(all);
});
