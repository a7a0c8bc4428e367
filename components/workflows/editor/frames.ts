import type { Graph, GraphNode } from "@/lib/workflows/graph";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";

/**
 * Containers on the canvas. The position of a body node is relative to the upper left corner of its container, so
 * that moving a container moves what is in it, and a copied container brings its body along as it is.
 */
export type Point = { readonly x: number; readonly y: number };
export type Size = { readonly width: number; readonly height: number };

export const NODE_WIDTH = 208;
const CARD_HEIGHT = 60;
const PORT_HEIGHT = 24;

/** Room around a body: the frame's head is above it. */
export const FRAME_PADDING = { left: 20, top: 80, right: 20, bottom: 20 };
const FRAME: Size = { width: 340, height: 200 };
const NOTE: Size = { width: 220, height: 140 };

export function isFrame(node: GraphNode): boolean {
  return findKind(node.kind)?.isContainer === true;
}

export function isNote(node: GraphNode): boolean {
  return findKind(node.kind)?.isAnnotation === true;
}

/** Whether a node may be put inside a container at all: a run starts and ends outside. */
export function fitsInside(node: GraphNode): boolean {
  return node.kind !== "input" && node.kind !== "output";
}

type Index = {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly bodies: ReadonlyMap<string, readonly GraphNode[]>;
};

function indexOf(graph: Graph): Index {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const bodies = new Map<string, GraphNode[]>();
  for (const node of graph.nodes) {
    if (node.parent === undefined || !nodes.has(node.parent)) continue;
    const body = bodies.get(node.parent) ?? [];
    body.push(node);
    bodies.set(node.parent, body);
  }
  return { nodes, bodies };
}

/** The containers a node is in, the innermost first. Ends where parents go in a circle. */
function frames({ nodes }: Index, node: GraphNode): readonly GraphNode[] {
  const found: GraphNode[] = [];
  let next = node.parent === undefined ? undefined : nodes.get(node.parent);
  while (next && next !== node && !found.includes(next)) {
    found.push(next);
    next = next.parent === undefined ? undefined : nodes.get(next.parent);
  }
  return found;
}

/** How large each node is drawn. A frame is as large as it was made, and never smaller than its body. */
export function sizesOf(graph: Graph): ReadonlyMap<string, Size> {
  const index = indexOf(graph);
  const sizes = new Map<string, Size>();
  const measure = (node: GraphNode): Size => {
    const known = sizes.get(node.id);
    if (known) return known;
    const own = ownSize(node);
    // Also ends a walk through parents that go in a circle.
    sizes.set(node.id, own);
    const needed = (index.bodies.get(node.id) ?? []).map((inner) => {
      const { width, height } = measure(inner);
      return {
        width: inner.position.x + width + FRAME_PADDING.right,
        height: inner.position.y + height + FRAME_PADDING.bottom,
      };
    });
    const size = {
      width: Math.max(own.width, ...needed.map(({ width }) => width)),
      height: Math.max(own.height, ...needed.map(({ height }) => height)),
    };
    sizes.set(node.id, size);
    return size;
  };
  for (const node of graph.nodes) measure(node);
  return sizes;
}

function ownSize(node: GraphNode): Size {
  if (isFrame(node)) return node.size ?? FRAME;
  if (isNote(node)) return node.size ?? NOTE;
  const ports = portsOfNode(node).length;
  return { width: NODE_WIDTH, height: CARD_HEIGHT + (ports > 1 ? ports * PORT_HEIGHT + 9 : 0) };
}

/** Where nodes are on the canvas, whatever they are inside of. */
export function originsOf(graph: Graph): ReadonlyMap<string, Point> {
  const index = indexOf(graph);
  return new Map(graph.nodes.map((node) => [node.id, originIn(index, node)]));
}

function originIn(index: Index, node: GraphNode): Point {
  return frames(index, node).reduce(
    (sum, { position }) => ({ x: sum.x + position.x, y: sum.y + position.y }),
    node.position,
  );
}

/** These nodes and everything inside of them. */
export function withBodies(graph: Graph, nodeIds: ReadonlySet<string>): ReadonlySet<string> {
  if (!graph.nodes.some((node) => node.parent !== undefined)) return nodeIds;
  const index = indexOf(graph);
  const inside = graph.nodes.filter((node) => frames(index, node).some(({ id }) => nodeIds.has(id)));
  return inside.length === 0 ? nodeIds : new Set([...nodeIds, ...inside.map(({ id }) => id)]);
}

export type Spot = { readonly parent: string | null; readonly at: Point };

/** The innermost frame at a point of the canvas, and the point within it; frames in `except` do not count. */
export function spotAt(graph: Graph, point: Point, except: ReadonlySet<string> = new Set()): Spot {
  const index = indexOf(graph);
  const sizes = sizesOf(graph);
  let best: { spot: Spot; depth: number } | null = null;
  for (const frame of graph.nodes) {
    if (!isFrame(frame) || except.has(frame.id)) continue;
    const origin = originIn(index, frame);
    const { width, height } = sizes.get(frame.id) ?? FRAME;
    const at = { x: point.x - origin.x, y: point.y - origin.y };
    const isInside = at.x >= 0 && at.y >= 0 && at.x <= width && at.y <= height;
    const depth = frames(index, frame).length;
    if (isInside && (!best || depth >= best.depth)) best = { spot: { parent: frame.id, at }, depth };
  }
  return best?.spot ?? { parent: null, at: point };
}

/** A place within a frame's room for its body; outside of frames, any place. */
export function clamp(parent: string | null | undefined, at: Point): Point {
  if (!parent) return at;
  return { x: Math.max(FRAME_PADDING.left, at.x), y: Math.max(FRAME_PADDING.top, at.y) };
}

/** Where nodes that were dragged belong: the frame under the middle of each, or none. */
export function targetsOf(graph: Graph, moved: ReadonlyMap<string, Point>): ReadonlyMap<string, Spot> {
  const index = indexOf(graph);
  const sizes = sizesOf(graph);
  const except = withBodies(graph, new Set(moved.keys()));
  const targets = new Map<string, Spot>();
  for (const [id, to] of moved) {
    const node = index.nodes.get(id);
    if (!node) continue;
    const around = node.parent === undefined ? undefined : index.nodes.get(node.parent);
    const base = around ? originIn(index, around) : { x: 0, y: 0 };
    const origin = { x: base.x + to.x, y: base.y + to.y };
    const { width, height } = sizes.get(id) ?? FRAME;
    const middle = { x: origin.x + width / 2, y: origin.y + Math.min(height, CARD_HEIGHT) / 2 };
    const { parent, at } = fitsInside(node) ? spotAt(graph, middle, except) : { parent: null, at: middle };
    targets.set(id, {
      parent,
      at: { x: at.x - width / 2, y: at.y - Math.min(height, CARD_HEIGHT) / 2 },
    });
  }
  return targets;
}

/** Puts nodes into frames or out of them. Connections that would cross a border are left out and counted. */
export function placeNodes(
  graph: Graph,
  spots: ReadonlyMap<string, Spot>,
): { graph: Graph; removedEdges: number } {
  const nodes = graph.nodes.map((node): GraphNode => {
    const spot = spots.get(node.id);
    if (!spot) return node;
    const { parent: _, ...rest } = node;
    const at = clamp(spot.parent, spot.at);
    const position = { x: Math.round(at.x), y: Math.round(at.y) };
    return spot.parent === null ? { ...rest, position } : { ...rest, position, parent: spot.parent };
  });
  const parents = new Map(nodes.map((node) => [node.id, node.parent]));
  const edges = graph.edges.filter((edge) => parents.get(edge.source) === parents.get(edge.target));
  return { graph: { ...graph, nodes, edges }, removedEdges: graph.edges.length - edges.length };
}
