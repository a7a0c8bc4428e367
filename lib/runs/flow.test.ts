import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edgesBy } from "@/lib/workflows/graph";
import { arbitraryDag } from "@/lib/workflows/graph-testing";
import { nextSteps, type Outcome } from "@/lib/workflows/schedule";
import { type FlowStep, flow, type Settled, settleEffect, settlePure } from "./flow";

const SIDES = ["true", "false"] as const;

/** Runs a graph with effects that end in an arbitrary order, in segments of `most` steps. */
async function drive(
  graph: Parameters<typeof flow>[0],
  choose: (nodeId: string) => { isPure: boolean; delay: number; side: boolean; fails: boolean },
  most: number,
) {
  const order: string[] = [];
  const stepIds: string[] = [];
  const kinds = new Map(graph.nodes.map((node) => [node.id, node.kind]));
  const settle = async (nodeId: string): Promise<Settled> => {
    const { delay, side, fails, isPure } = choose(nodeId);
    if (!isPure) for (let tick = 0; tick < delay; tick += 1) await Promise.resolve();
    order.push(nodeId);
    if (fails) return { status: "failed" };
    const isCondition = kinds.get(nodeId) === "condition";
    return { status: "completed", ports: [isCondition ? SIDES[side ? 0 : 1] : "out"] };
  };
  const isPure = (nodeId: string) => choose(nodeId).isPure;
  let outcomes = new Map<string, Outcome>();
  let segments = 0;
  for (let isCut = true; isCut && segments < 50; segments += 1) {
    const run = async (step: FlowStep, before: ReadonlyMap<string, Outcome>) => {
      stepIds.push(`${segments}:${step.id}`);
      const [first = ""] = step.nodeIds;
      if (isPure(first)) return settlePure(graph, before, step.nodeIds, { isPure, settle });
      return settleEffect(graph, before, first, { isPure, settle });
    };
    isCut = await flow(graph, outcomes, { isPure, run, most });
    // The next segment knows what was settled, as from the database.
    outcomes = new Map([...outcomes].filter(([, outcome]) => outcome.status !== "running"));
  }
  return { order, outcomes, stepIds };
}

const choices = fc.func(
  fc.record({
    isPure: fc.boolean(),
    delay: fc.nat(6),
    side: fc.boolean(),
    fails: fc.constant(false),
  }),
);

describe("flow", () => {
  it("settles every node once, after its parents, in any order of completion and any segmentation", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryDag, choices, fc.integer({ min: 1, max: 8 }), async (graph, choose, most) => {
        const { order, outcomes, stepIds } = await drive(graph, choose, most);
        expect(new Set(order).size).toBe(order.length);
        expect(new Set(stepIds).size).toBe(stepIds.length);
        expect([...outcomes.keys()].toSorted()).toEqual(graph.nodes.map((node) => node.id).toSorted());
        const incoming = edgesBy(graph, "target");
        for (const [index, nodeId] of order.entries()) {
          for (const edge of incoming.get(nodeId) ?? []) {
            const isSkipped = outcomes.get(edge.source)?.status === "skipped";
            expect(isSkipped || order.indexOf(edge.source) < index).toBe(true);
          }
        }
        expect(nextSteps(graph, outcomes)).toEqual({ ready: [], skipped: [], done: true });
      }),
    );
  });

  it("starts nothing new after a failure", async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryDag, choices, fc.nat(13), async (graph, choose, pick) => {
        const failing = graph.nodes[pick % graph.nodes.length]?.id;
        const withFailure = (nodeId: string) => ({
          ...choose(nodeId),
          isPure: true,
          fails: nodeId === failing,
        });
        const { order } = await drive(graph, withFailure, 64);
        const at = order.indexOf(failing ?? "");
        const level = at < 0 ? [] : order.slice(at + 1);
        const incoming = edgesBy(graph, "target");
        const isAfter = (nodeId: string) =>
          (incoming.get(nodeId) ?? []).some((edge) => edge.source === failing);
        expect(level.some(isAfter)).toBe(false);
      }),
    );
  });
});
