import { Graph as DagreGraph, layout } from "@dagrejs/dagre";
import type { Graph } from "@/lib/workflows/graph";
import { NODE_HEIGHT, NODE_WIDTH, type Point } from "./edits";

/** Places for all nodes, left to right along the edges, keeping the graph's upper left corner where it was. */
export function autoLayout(graph: Graph): ReadonlyMap<string, Point> {
  const dagre = new DagreGraph();
  dagre.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 64 });
  dagre.setDefaultEdgeLabel(() => ({}));
  for (const node of graph.nodes) dagre.setNode(node.id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const edge of graph.edges) dagre.setEdge(edge.source, edge.target);
  layout(dagre);
  const places = new Map<string, Point>();
  for (const node of graph.nodes) {
    const { x = 0, y = 0 } = dagre.node(node.id);
    places.set(node.id, { x: Math.round(x - NODE_WIDTH / 2), y: Math.round(y - NODE_HEIGHT / 2) });
  }
  return places;
}
