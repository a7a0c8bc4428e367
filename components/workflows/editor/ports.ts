import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { portsOfNode } from "@/lib/workflows/nodes";
import { edgeId } from "./edits";

/** A graph after a change, and how many connections the change took away. */
export type PortChange = { readonly graph: Graph; readonly removedEdges: number };

/**
 * Puts a changed node into a graph. Connections follow a port that got another id in its place, as a renamed case
 * does; those of a port that is gone are removed.
 */
export function replaceNode(graph: Graph, after: GraphNode): PortChange {
  const before = graph.nodes.find((node) => node.id === after.id);
  if (!before) return { graph, removedEdges: 0 };
  const nodes = graph.nodes.map((node) => (node === before ? after : node));
  const ports = portMap(before, after);
  const isSame = [...ports].every(([from, to]) => from === to);
  if (isSame) return { graph: { ...graph, nodes }, removedEdges: 0 };
  const edges = graph.edges.flatMap((edge) => {
    if (edge.source !== after.id || !ports.has(edge.sourcePort)) return [edge];
    const port = ports.get(edge.sourcePort) ?? null;
    if (port === null) return [];
    return [{ ...edge, sourcePort: port, id: edgeId(edge.source, port, edge.target) }];
  });
  return { graph: { ...graph, nodes, edges }, removedEdges: graph.edges.length - edges.length };
}

/** What each port of a node is called afterwards; null where it is gone. */
function portMap(before: GraphNode, after: GraphNode): ReadonlyMap<string, string | null> {
  const old = portsOfNode(before).map(({ id }) => id);
  const next = portsOfNode(after).map(({ id }) => id);
  return new Map(
    old.map((id, index) => {
      if (next.includes(id)) return [id, id];
      const other = old.length === next.length ? next[index] : undefined;
      return [id, other !== undefined && !old.includes(other) ? other : null];
    }),
  );
}
