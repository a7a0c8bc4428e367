import { describe, expect, it } from "vitest";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { graphCost, rangeOfRuns } from "./graph-cost";

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
    // The map itself; in each item the loop and its rounds.
    expect(graphCost(graph, dollar)).toEqual({ low: 1_000_000n, likely: 31_000_000n, high: 301_000_000n });
  });
});

it("runs that are over give a tenth, the half and nine tenths", () => {
  const costs = Array.from({ length: 50 }, (_, index) => BigInt(50 - index));
  expect(rangeOfRuns(costs)).toEqual({ low: 5n, likely: 25n, high: 45n });
  expect(rangeOfRuns([7n])).toEqual({ low: 7n, likely: 7n, high: 7n });
});
