import { Graph as DagreGraph, layout } from "@dagrejs/dagre";
import { type Graph, type GraphEdge, levelOf } from "@/lib/workflows/graph";
import { portsOfNode } from "@/lib/workflows/nodes";
import { FRAME_PADDING, isFrame, isNote, type Point, type Size, sizesOf } from "./frames";

export type Arrangement = {
  readonly positions: ReadonlyMap<string, Point>;
  /** Of containers: what their bodies need. */
  readonly sizes: ReadonlyMap<string, Size>;
};

const EMPTY_FRAME: Size = { width: 340, height: 200 };

/**
 * Places for all nodes, left to right along the edges: first inside of the containers, then around them. Notes stay
 * where somebody put them.
 */
export function autoLayout(graph: Graph): Arrangement {
  const positions = new Map<string, Point>();
  const sizes = new Map<string, Size>();
  const drawn = sizesOf(graph);

  function arrange(parent: string | null, seen: ReadonlySet<string>): Size {
    const level = levelOf(graph, parent);
    const nodes = level.nodes.filter((node) => !isNote(node) && !seen.has(node.id));
    if (nodes.length === 0) return EMPTY_FRAME;
    const dagre = new DagreGraph();
    dagre.setGraph({ rankdir: "LR", nodesep: 40, ranksep: 64 });
    dagre.setDefaultEdgeLabel(() => ({}));
    for (const node of nodes) {
      const size = isFrame(node)
        ? arrange(node.id, new Set([...seen, node.id]))
        : (drawn.get(node.id) ?? EMPTY_FRAME);
      if (isFrame(node)) sizes.set(node.id, size);
      dagre.setNode(node.id, { ...size });
    }
    // Of what one node leads to, dagre puts the last on top: the ways leave a node in the order of its ports.
    for (const edge of inPortOrder(level).reverse()) dagre.setEdge(edge.source, edge.target);
    layout(dagre);
    const shift = parent === null ? { x: 0, y: 0 } : { x: FRAME_PADDING.left, y: FRAME_PADDING.top };
    for (const node of nodes) {
      const { x = 0, y = 0, width = 0, height = 0 } = dagre.node(node.id);
      positions.set(node.id, {
        x: Math.round(x - width / 2) + shift.x,
        y: Math.round(y - height / 2) + shift.y,
      });
    }
    const { width = 0, height = 0 } = dagre.graph();
    return {
      width: Math.ceil(width) + FRAME_PADDING.left + FRAME_PADDING.right,
      height: Math.ceil(height) + FRAME_PADDING.top + FRAME_PADDING.bottom,
    };
  }

  arrange(null, new Set());
  return { positions, sizes };
}

function inPortOrder({ nodes, edges }: Graph): GraphEdge[] {
  const places = new Map(
    nodes.flatMap((node) => portsOfNode(node).map(({ id }, place) => [`${node.id}:${id}`, place] as const)),
  );
  const placeOf = ({ source, sourcePort }: GraphEdge) => places.get(`${source}:${sourcePort}`) ?? 0;
  return edges.toSorted((one, other) => placeOf(one) - placeOf(other));
}
