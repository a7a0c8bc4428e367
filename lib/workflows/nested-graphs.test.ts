import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGraph } from "./check";
import { type Graph, levelOf } from "./graph";
import { arbitraryNested, testEdge, testNode } from "./graph-testing";
import { containersOf, namesOf } from "./names";
import { nextSteps, type Outcome } from "./schedule";
import { checkStructure } from "./structure";

/** Every node from which edges lead to a node, found the slow way. */
function leadingTo(graph: Graph, nodeId: string): Set<string> {
  const found = new Set<string>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const { source, target } of graph.edges)
      if (target === nodeId || found.has(target)) found.add(source);
  }
  return found;
}

describe("random graphs with containers", () => {
  it("are sound, and every level of them is settled once, each node after those before it", () => {
    fc.assert(
      fc.property(arbitraryNested, fc.func(fc.boolean()), (graph, side) => {
        expect(checkStructure(graph).filter(({ code }) => code !== "no_output")).toEqual([]);
        const levels = [null, ...new Set(graph.nodes.flatMap(({ parent }) => parent ?? []))];
        const settled = levels.flatMap((parent) => settle(levelOf(graph, parent), side));
        expect(settled.toSorted()).toEqual(graph.nodes.map(({ id }) => id).toSorted());
      }),
    );
  });

  it("let no edge cross a border", () => {
    fc.assert(
      fc.property(arbitraryNested, fc.nat(), fc.nat(), (graph, a, b) => {
        const source = graph.nodes[a % graph.nodes.length];
        const target = graph.nodes[b % graph.nodes.length];
        fc.pre(source !== undefined && target !== undefined && source.parent !== target.parent);
        const edge = testEdge(source?.id ?? "", target?.id ?? "");
        const crossing = { ...graph, edges: [...graph.edges, edge] };
        expect(checkStructure(crossing)).toContainEqual(
          expect.objectContaining({ code: "crosses_border", nodeId: source?.id, edgeId: edge.id }),
        );
      }),
    );
  });

  it("show a node what leads to it or to a container around it, and nothing of any other body", () => {
    fc.assert(
      fc.property(arbitraryNested, fc.nat(), (graph, pick) => {
        const names = namesOf(graph);
        const node = graph.nodes[pick % graph.nodes.length] ?? testNode("none", "merge");
        const around = [node, ...containersOf(names.nodes, node)];
        const expected = new Set(around.flatMap(({ id }) => [...leadingTo(graph, id)]));
        const seen = graph.nodes.filter(({ id }) => names.sees({ node, sees: null }, id)).map(({ id }) => id);
        expect(seen.toSorted()).toEqual([...expected].toSorted());
        const levels = new Set(around.map(({ parent }) => parent));
        expect(seen.every((id) => levels.has(names.nodes.get(id)?.parent))).toBe(true);
      }),
    );
  });

  it("never hang or throw on parents that go in circles", () => {
    fc.assert(
      fc.property(
        arbitraryNested,
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 4 }),
        (graph, moves) => {
          const nodes = [...graph.nodes];
          for (const [a, b] of moves) {
            const [from, to] = [a % nodes.length, b % nodes.length];
            const node = nodes[from];
            if (node) nodes[from] = { ...node, parent: nodes[to]?.id ?? "" };
          }
          expect(Array.isArray(checkGraph({ ...graph, nodes }))).toBe(true);
        },
      ),
    );
  });
});

/** Settles a level in the order of the scheduler. @returns its nodes in that order */
function settle(level: Graph, side: (nodeId: string) => boolean): string[] {
  const outcomes = new Map<string, Outcome>();
  const order: string[] = [];
  for (let isDone = false; !isDone; ) {
    const { ready, skipped, done } = nextSteps(level, outcomes);
    for (const id of skipped) outcomes.set(id, { status: "skipped" });
    for (const id of ready) {
      const isCondition = level.nodes.find((node) => node.id === id)?.kind === "condition";
      outcomes.set(id, { status: "completed", ports: [isCondition ? String(side(id)) : "out"] });
    }
    order.push(...skipped, ...ready);
    isDone = done;
  }
  const place = new Map(order.map((id, index) => [id, index]));
  for (const edge of level.edges) expect(place.get(edge.source)).toBeLessThan(place.get(edge.target) ?? -1);
  return order;
}
