import { describe, expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { assumedLists, graphCost, rangeOfRuns } from "./graph-cost";

const dollar = () => ({ low: 1_000_000n, likely: 1_000_000n, high: 1_000_000n });

describe("what a graph costs", () => {
  it("is at least what every run passes, and most likely each way by its chance", () => {
    const check = testNode("check", "condition", { expression: "true" });
    const graph = testGraph(
      [
        testNode("input", "input"),
        check,
        testNode("a", "transform"),
        testNode("b", "transform"),
        testNode("end", "output"),
      ],
      [
        testEdge("input", "check"),
        { ...testEdge("check", "a"), sourcePort: "true" },
        { ...testEdge("check", "b"), sourcePort: "false" },
        testEdge("a", "end"),
        testEdge("b", "end"),
      ],
    );
    expect(graphCost(graph, dollar)).toEqual({ low: 3_000_000n, likely: 4_000_000n, high: 5_000_000n });
  });

  it("counts bodies as often as they may be run, nested ones too", () => {
    const inside = (id: string, kind: string, parent: string, config = {}) => ({
      ...testNode(id, kind, config),
      parent,
    });
    const graph = testGraph(
      [
        testNode("each", "map", { maxItems: 100 }),
        inside("again", "loop", "each", { maxRounds: 2 }),
        inside("work", "transform", "again"),
        { ...testNode("said", "note"), parent: "each" },
      ],
      [],
    );
    // The map itself; in each item the loop and its rounds. Of the list three, ten and thirty items.
    expect(graphCost(graph, dollar)).toEqual({ low: 7_000_000n, likely: 31_000_000n, high: 91_000_000n });
    expect(assumedLists(graph, dollar)).toEqual([
      {
        node: "each",
        items: { low: 3, likely: 10, high: 30 },
        isDeclared: false,
        isSeen: false,
        perItem: 3_000_000n,
      },
    ]);
  });

  it("takes a list to have what its node says is usual, never more than it takes", () => {
    const list = (config: Record<string, number>) =>
      assumedLists(testGraph([testNode("each", "map", config)], []), dollar).map(({ items }) => items)[0];
    expect(list({ maxItems: 100, usualItems: 4 })).toEqual({ low: 1, likely: 4, high: 12 });
    expect(list({ maxItems: 100, usualItems: 60 })).toEqual({ low: 20, likely: 60, high: 100 });
    expect(list({ maxItems: 5 })).toEqual({ low: 1, likely: 5, high: 5 });
  });

  it("does not take every item of a list to be the dearest", () => {
    const graph = testGraph(
      [
        testNode("each", "map", { maxItems: 100, usualItems: 25 }),
        { ...testNode("work", "transform"), parent: "each" },
      ],
      [],
    );
    const costOf = (node: { id: string }) =>
      node.id === "work" ? { low: 1n, likely: 2n, high: 102n } : { low: 0n, likely: 0n, high: 0n };
    // Seventy-five items at two each, and a hundred more for nine of them.
    expect(graphCost(graph, costOf)).toEqual({ low: 8n, likely: 50n, high: 150n + 900n });
  });
});

it("runs that are over give a tenth, the half and nine tenths", () => {
  const costs = Array.from({ length: 50 }, (_, index) => BigInt(50 - index));
  expect(rangeOfRuns(costs)).toEqual({ low: 5n, likely: 25n, high: 45n });
  expect(rangeOfRuns([7n])).toEqual({ low: 7n, likely: 7n, high: 7n });
});
