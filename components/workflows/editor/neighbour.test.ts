import { expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { removeItems } from "./edits";
import { neighbourOf } from "./neighbour";

const at = (id: string, x: number) => ({ ...testNode(id, "transform"), position: { x, y: 0 } });
const nodes = [at("far", 0), at("first", 300), at("middle", 600), at("last", 900), at("near", 660)];
const edges = [testEdge("first", "middle"), testEdge("middle", "last")];

it.each([
  { edges, gone: ["middle"], to: "first" },
  { edges, gone: ["middle", "first"], to: "last" },
  { edges: [], gone: ["middle"], to: "near" },
  { edges, gone: nodes.map(({ id }) => id), to: null },
])("goes from $gone to $to", ({ edges: connected, gone, to }) => {
  const was = testGraph(nodes, connected);
  const middle = at("middle", 600);
  expect(neighbourOf(middle, was, removeItems(was, new Set(gone), new Set()))).toBe(to);
});
