import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { originsOf, type Point } from "./frames";

/**
 * Where to go on from a node that is gone: the one that led to it, else one that it led to, else the one that was nearest.
 * @param was the graph with it
 * @param graph the graph without it
 * @returns null where no node is left
 */
export function neighbourOf({ id, position }: GraphNode, was: Graph, graph: Graph): string | null {
  const left = new Set(graph.nodes.map((node) => node.id));
  const connected = [
    ...was.edges.filter(({ target }) => target === id).map(({ source }) => source),
    ...was.edges.filter(({ source }) => source === id).map(({ target }) => target),
  ].find((other) => left.has(other));
  if (connected) return connected;
  const origins = originsOf(was);
  const from = origins.get(id) ?? position;
  const away = (node: GraphNode) => distance(from, origins.get(node.id) ?? node.position);
  const [nearest] = [...graph.nodes].sort((one, other) => away(one) - away(other));
  return nearest?.id ?? null;
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
