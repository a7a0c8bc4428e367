import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Graph } from "./graph";
import { arbitraryDag, testEdge, testGraph, testNode } from "./graph-testing";
import { liveEdgesInto, nextSteps, type Outcome } from "./schedule";

type Settled = { outcomes: Map<string, Outcome>; order: string[]; started: string[] };

/** Runs a graph: `side` decides conditions, `pick` which running node completes next. */
function run(
  graph: Graph,
  side: (nodeId: string) => boolean,
  pick: (running: readonly string[]) => number,
): Settled {
  const outcomes = new Map<string, Outcome>();
  const order: string[] = [];
  const started: string[] = [];
  const running: string[] = [];
  const settle = (nodeId: string, outcome: Outcome) => {
    outcomes.set(nodeId, outcome);
    order.push(nodeId);
  };
  for (let guard = 0; guard < 1_000; guard += 1) {
    const next = nextSteps(graph, outcomes);
    for (const nodeId of next.skipped) settle(nodeId, { status: "skipped" });
    for (const nodeId of next.ready) {
      outcomes.set(nodeId, { status: "running" });
      started.push(nodeId);
      running.push(nodeId);
    }
    if (next.done) return { outcomes, order, started };
    const [nodeId = ""] = running.splice(pick(running) % running.length, 1);
    const isCondition = graph.nodes.find((node) => node.id === nodeId)?.kind === "condition";
    settle(nodeId, { status: "completed", ports: [isCondition ? String(side(nodeId)) : "out"] });
  }
  throw new Error("the run did not end");
}

const sides = fc.func(fc.boolean());
const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 40 });

function picker(values: readonly number[]): () => number {
  let index = 0;
  return () => values[index++ % values.length] ?? 0;
}

describe("nextSteps", () => {
  it("settles every node exactly once, after its parents, and skips exactly those without a live edge", () => {
    fc.assert(
      fc.property(arbitraryDag, sides, picks, (graph, side, values) => {
        const { outcomes, order, started } = run(graph, side, picker(values));
        expect([...order].sort()).toEqual(graph.nodes.map((node) => node.id).sort());
        expect(new Set(started).size).toBe(started.length);
        const place = new Map(order.map((nodeId, index) => [nodeId, index]));
        for (const edge of graph.edges) {
          expect(place.get(edge.source)).toBeLessThan(place.get(edge.target) ?? -1);
        }
        for (const node of graph.nodes.slice(1)) {
          const isSkipped = outcomes.get(node.id)?.status === "skipped";
          expect(isSkipped).toBe(liveEdgesInto(graph, node.id, outcomes).length === 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same outcomes whatever order nodes complete in", () => {
    fc.assert(
      fc.property(arbitraryDag, sides, picks, picks, (graph, side, first, second) => {
        const one = run(graph, side, picker(first)).outcomes;
        const other = run(graph, side, picker(second)).outcomes;
        expect(new Map([...one].sort())).toEqual(new Map([...other].sort()));
      }),
      { numRuns: 300 },
    );
  });

  it("never starts a note", () => {
    const graph = testGraph([testNode("in", "input"), testNode("hint", "note")], []);
    expect(nextSteps(graph, new Map())).toEqual({ ready: ["in"], skipped: [], done: false });
    const outcomes = new Map<string, Outcome>([["in", { status: "completed", ports: ["out"] }]]);
    expect(nextSteps(graph, outcomes)).toEqual({ ready: [], skipped: [], done: true });
  });

  it("blocks what is behind a failed node and still runs what is beside it", () => {
    const graph = testGraph(
      [
        testNode("in", "input"),
        testNode("bad", "http"),
        testNode("behind", "output"),
        testNode("beside", "output"),
      ],
      [testEdge("in", "bad"), testEdge("bad", "behind"), testEdge("in", "beside")],
    );
    const outcomes = new Map<string, Outcome>([
      ["in", { status: "completed", ports: ["out"] }],
      ["bad", { status: "failed" }],
    ]);
    expect(nextSteps(graph, outcomes)).toEqual({ ready: ["beside"], skipped: [], done: false });
    outcomes.set("beside", { status: "completed", ports: [] });
    expect(nextSteps(graph, outcomes)).toEqual({ ready: [], skipped: [], done: true });
  });
});
