import fc from "fast-check";
import type { Graph, GraphEdge, GraphNode } from "./graph";
import { findKind } from "./nodes";

/** A node of a kind with its defaults, for tests. */
export function testNode(id: string, kind: string, config?: GraphNode["config"]): GraphNode {
  const defaults = JSON.parse(JSON.stringify(findKind(kind)?.defaults ?? {}));
  return { id, kind, name: id, position: { x: 0, y: 0 }, config: config ?? defaults };
}

export function testEdge(source: string, target: string, sourcePort = "out"): GraphEdge {
  return { id: `${source}-${sourcePort}-${target}`, source, sourcePort, target };
}

export function testGraph(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): Graph {
  return { version: 1, nodes: [...nodes], edges: [...edges] };
}

/** Random acyclic graphs that start at one input; some nodes are conditions. Edges lead from lower to higher index. */
export const arbitraryDag: fc.Arbitrary<Graph> = fc.integer({ min: 2, max: 14 }).chain((count) =>
  fc
    .record({
      isCondition: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
      edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1), fc.boolean()), { maxLength: count * 3 }),
      parents: fc.array(fc.tuple(fc.nat(), fc.boolean()), { minLength: count - 1, maxLength: count - 1 }),
    })
    .map(({ isCondition, edges, parents }) => {
      const kindAt = (index: number) =>
        index === 0 ? "input" : isCondition[index] ? "condition" : "transform";
      const nodes = Array.from({ length: count }, (_, index) => testNode(`n${index}`, kindAt(index)));
      const portOf = (index: number, side: boolean) => (kindAt(index) === "condition" ? String(side) : "out");
      const found = new Map<string, GraphEdge>();
      const add = (from: number, to: number, side: boolean) => {
        const edge = testEdge(`n${from}`, `n${to}`, portOf(from, side));
        if (from < to) found.set(edge.id, edge);
      };
      for (const [index, [parent, side]] of parents.entries()) add(parent % (index + 1), index + 1, side);
      for (const [a, b, side] of edges) add(Math.min(a, b), Math.max(a, b), side);
      return testGraph(nodes, [...found.values()]);
    }),
);

/**
 * Random sound graphs with containers, up to three deep: some nodes of a random acyclic graph hold another one. The ids
 * of a body start with the id of its container.
 */
export const arbitraryNested: fc.Arbitrary<Graph> = nested("", undefined, 3);

function nested(prefix: string, parent: string | undefined, depth: number): fc.Arbitrary<Graph> {
  return arbitraryDag.chain((dag) => {
    const level = renamed(dag, prefix, parent);
    const holders = level.nodes.filter(({ kind }) => kind === "transform").slice(0, depth > 0 ? 2 : 0);
    const bodies = holders.map(({ id }) =>
      fc.option(nested(`${id}_`, id, depth - 1), { nil: null, freq: 2 }),
    );
    return fc.tuple(...bodies).map((found) =>
      found.reduce<Graph>((graph, body, index) => {
        if (!body) return graph;
        const id = holders[index]?.id;
        const kind = index % 2 === 0 ? "map" : "loop";
        const nodes = graph.nodes.map((node) =>
          node.id === id ? { ...testNode(node.id, kind), ...(parent ? { parent } : {}) } : node,
        );
        return testGraph([...nodes, ...body.nodes], [...graph.edges, ...body.edges]);
      }, level),
    );
  });
}

function renamed(dag: Graph, prefix: string, parent: string | undefined): Graph {
  const nodes = dag.nodes.map((node) => {
    const kind = parent && node.kind === "input" ? "merge" : node.kind;
    return { ...testNode(`${prefix}${node.id}`, kind), ...(parent ? { parent } : {}) };
  });
  const edges = dag.edges.map((edge) =>
    testEdge(`${prefix}${edge.source}`, `${prefix}${edge.target}`, edge.sourcePort),
  );
  return testGraph(nodes, edges);
}
