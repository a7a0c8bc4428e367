import { cut } from "@/lib/cut";
import { type Graph, type GraphNode, wouldCycle } from "@/lib/workflows/graph";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import { RESERVED_IDS } from "@/lib/workflows/scope";
import { clamp, type Point, type Size, sizesOf, withBodies } from "./frames";

/** Changes of a graph: pure, each gives a new graph that refers to itself correctly. */
const GRID = 20;
/** Between nodes above each other: there a card says how it is doing in the run that is shown. */
const ROW_GAP = 2 * GRID;

function snap(point: Point): { x: number; y: number } {
  return { x: Math.round(point.x / GRID) * GRID, y: Math.round(point.y / GRID) * GRID };
}

/** An id no node of the graph has: the wanted one, or with the next free number. It can stand in a template as it is. */
export function freeId(taken: ReadonlySet<string>, wanted: string): string {
  if (!taken.has(wanted) && !RESERVED_IDS.has(wanted)) return wanted;
  const stem = wanted.replace(/_\d+$/, "").slice(0, 56);
  for (let number = 1; ; number += 1) {
    const id = `${stem}_${number}`;
    if (!taken.has(id)) return id;
  }
}

export function freeName(taken: ReadonlySet<string>, wanted: string): string {
  if (!taken.has(wanted)) return wanted;
  const stem = cut(wanted.replace(/ \d+$/, ""), 110);
  for (let number = 2; ; number += 1) {
    const name = `${stem} ${number}`;
    if (!taken.has(name)) return name;
  }
}

export function idsOf(graph: Graph): ReadonlySet<string> {
  return new Set(graph.nodes.map((node) => node.id));
}

export function namesOf(graph: Graph): ReadonlySet<string> {
  return new Set(graph.nodes.map((node) => node.name));
}

/**
 * Adds a node of a kind with its defaults, outside of containers or in one; `config` replaces some of the defaults.
 * Null for an unknown kind.
 */
export function addNode(
  graph: Graph,
  kindName: string,
  at: Point,
  parent: string | null = null,
  config: GraphNode["config"] = {},
): { graph: Graph; nodeId: string } | null {
  const kind = findKind(kindName);
  if (!kind) return null;
  const nodeId = freeId(
    idsOf(graph),
    kindName === "input" || kindName === "output" ? kindName : `${kindName}_1`,
  );
  const defaults = structuredClone(kind.defaults) as GraphNode["config"];
  const node: GraphNode = {
    id: nodeId,
    kind: kindName,
    name: freeName(namesOf(graph), kind.label),
    position: { x: 0, y: 0 },
    config: { ...defaults, ...config },
    ...(parent === null ? {} : { parent }),
  };
  const added = { ...graph, nodes: [...graph.nodes, node] };
  const position = freeSpot(added, node, snap(clamp(parent, at)));
  return { graph: changeNode(added, nodeId, (fresh) => ({ ...fresh, position })), nodeId };
}

/** The first place at or below `at` where a node covers none of those beside it, nor its own lines about a run. */
export function freeSpot(graph: Graph, node: GraphNode, at: Point): { x: number; y: number } {
  return { x: at.x, y: at.y + wayDown(graph, [{ ...node, position: { x: at.x, y: at.y } }]) };
}

/** How far down nodes of a graph have to go, all together, until they cover none of those beside them. */
export function wayDown(graph: Graph, moved: readonly GraphNode[]): number {
  const sizes = sizesOf(graph);
  const sizeOf = ({ id }: GraphNode) => sizes.get(id) ?? { width: 0, height: 0 };
  const ids = new Set(moved.map(({ id }) => id));
  const pairs = moved.flatMap((node) =>
    graph.nodes
      .filter((other) => !ids.has(other.id) && other.parent === node.parent)
      .filter((other) => isInColumn(node.position, sizeOf(node), other.position, sizeOf(other)))
      .map((other) => ({
        from: other.position.y - node.position.y - sizeOf(node).height - ROW_GAP,
        to: other.position.y - node.position.y + sizeOf(other).height + ROW_GAP,
      })),
  );
  let down = 0;
  for (const { from, to } of pairs.sort((one, other) => one.from - other.from)) {
    if (from < down && down < to) down = Math.ceil(to / GRID) * GRID;
  }
  return down;
}

function isInColumn(a: Point, sizeA: Size, b: Point, sizeB: Size): boolean {
  return a.x < b.x + sizeB.width + GRID && b.x < a.x + sizeA.width + GRID;
}

export function edgeId(source: string, sourcePort: string, target: string): string {
  return `${source}-${sourcePort}-${target}`;
}

/** Why two nodes cannot be connected, or null when they can. */
export function whyNotConnect(
  graph: Graph,
  source: string,
  sourcePort: string,
  target: string,
): string | null {
  const from = graph.nodes.find((node) => node.id === source);
  const to = graph.nodes.find((node) => node.id === target);
  if (!from || !to) return "One of the nodes does not exist any more.";
  if (!portsOfNode(from).some((port) => port.id === sourcePort)) return `“${from.name}” has no such output.`;
  if (!findKind(to.kind)?.acceptsEdges) return `Nothing can lead into “${to.name}”.`;
  if (from.parent !== to.parent) return whyNotAcross(graph, from, to);
  const isThere = graph.edges.some(
    (edge) => edge.source === source && edge.target === target && edge.sourcePort === sourcePort,
  );
  if (isThere) return "They are connected already.";
  if (wouldCycle(graph, source, target))
    return `“${to.name}” leads back to “${from.name}”: that would be a circle.`;
  return null;
}

function whyNotAcross(graph: Graph, from: GraphNode, to: GraphNode): string {
  const inner = from.parent === undefined ? to : from;
  const frame = graph.nodes.find((node) => node.id === inner.parent);
  const other = inner === from ? to : from;
  if (frame?.id === other.id)
    return `“${inner.name}” is inside of “${other.name}”: what is inside starts and ends by itself.`;
  return `“${inner.name}” is inside of “${frame?.name ?? "a container"}” and “${other.name}” is not: connections do not cross the frame.`;
}

/** Adds an edge; gives the graph back unchanged when it is not allowed. */
export function connect(graph: Graph, source: string, sourcePort: string, target: string): Graph {
  if (whyNotConnect(graph, source, sourcePort, target) !== null) return graph;
  const edge = { id: edgeId(source, sourcePort, target), source, sourcePort, target };
  return { ...graph, edges: [...graph.edges, edge] };
}

/** Removes nodes with everything inside of them, and edges. */
export function removeItems(graph: Graph, chosen: ReadonlySet<string>, edgeIds: ReadonlySet<string>): Graph {
  const nodeIds = withBodies(graph, chosen);
  return {
    ...graph,
    nodes: graph.nodes.filter((node) => !nodeIds.has(node.id)),
    edges: graph.edges.filter(
      (edge) => !edgeIds.has(edge.id) && !nodeIds.has(edge.source) && !nodeIds.has(edge.target),
    ),
  };
}

export function moveNodes(graph: Graph, positions: ReadonlyMap<string, Point>): Graph {
  return mapNodes(graph, (node) => {
    const to = positions.get(node.id);
    if (!to) return node;
    const { x, y } = clamp(node.parent, to);
    return { ...node, position: { x: Math.round(x), y: Math.round(y) } };
  });
}

export function changeNode(graph: Graph, nodeId: string, change: (node: GraphNode) => GraphNode): Graph {
  return mapNodes(graph, (node) => (node.id === nodeId ? change(node) : node));
}

function mapNodes(graph: Graph, change: (node: GraphNode) => GraphNode): Graph {
  return { ...graph, nodes: graph.nodes.map(change) };
}

/** Sizes of containers and notes, within what a graph may hold. */
export function resizeNodes(graph: Graph, sizes: ReadonlyMap<string, Size>): Graph {
  return mapNodes(graph, (node) => {
    const size = sizes.get(node.id);
    if (!size) return node;
    const within = (length: number) => Math.round(Math.min(20_000, Math.max(100, length)));
    return { ...node, size: { width: within(size.width), height: within(size.height) } };
  });
}
