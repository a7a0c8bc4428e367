import { type Graph, type GraphEdge, type GraphNode, wouldCycle } from "@/lib/workflows/graph";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import { RESERVED_IDS } from "@/lib/workflows/scope";

/** Changes of a graph: pure, each gives a new graph that refers to itself correctly. */
export type Point = { readonly x: number; readonly y: number };

export type Fragment = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };

/** How large a card usually is, for placing without overlaps. */
export const NODE_WIDTH = 208;
export const NODE_HEIGHT = 88;

const GRID = 20;

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

function freeName(taken: ReadonlySet<string>, wanted: string): string {
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/ \d+$/, "").slice(0, 110);
  for (let number = 2; ; number += 1) {
    const name = `${stem} ${number}`;
    if (!taken.has(name)) return name;
  }
}

export function idsOf(graph: Graph): ReadonlySet<string> {
  return new Set(graph.nodes.map((node) => node.id));
}

function namesOf(graph: Graph): ReadonlySet<string> {
  return new Set(graph.nodes.map((node) => node.name));
}

/** Adds a node of a kind with its defaults; `config` replaces some of them. Null for an unknown kind. */
export function addNode(
  graph: Graph,
  kindName: string,
  at: Point,
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
    position: freeSpot(graph, snap(at)),
    config: { ...defaults, ...config },
  };
  return { graph: { ...graph, nodes: [...graph.nodes, node] }, nodeId };
}

/** The first place at or below `at` where a node covers no other. */
function freeSpot(graph: Graph, at: { x: number; y: number }): { x: number; y: number } {
  const isTaken = (point: Point) =>
    graph.nodes.some(
      ({ position }) =>
        Math.abs(position.x - point.x) < NODE_WIDTH + GRID &&
        Math.abs(position.y - point.y) < NODE_HEIGHT + GRID,
    );
  let point = at;
  while (isTaken(point)) point = { x: point.x, y: point.y + GRID };
  return point;
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
  const isThere = graph.edges.some(
    (edge) => edge.source === source && edge.target === target && edge.sourcePort === sourcePort,
  );
  if (isThere) return "They are connected already.";
  if (wouldCycle(graph, source, target))
    return `“${to.name}” leads back to “${from.name}”: that would be a circle.`;
  return null;
}

/** Adds an edge; gives the graph back unchanged when it is not allowed. */
export function connect(graph: Graph, source: string, sourcePort: string, target: string): Graph {
  if (whyNotConnect(graph, source, sourcePort, target) !== null) return graph;
  const edge = { id: edgeId(source, sourcePort, target), source, sourcePort, target };
  return { ...graph, edges: [...graph.edges, edge] };
}

export function removeItems(graph: Graph, nodeIds: ReadonlySet<string>, edgeIds: ReadonlySet<string>): Graph {
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
    return to ? { ...node, position: { x: Math.round(to.x), y: Math.round(to.y) } } : node;
  });
}

export function changeNode(graph: Graph, nodeId: string, change: (node: GraphNode) => GraphNode): Graph {
  return mapNodes(graph, (node) => (node.id === nodeId ? change(node) : node));
}

function mapNodes(graph: Graph, change: (node: GraphNode) => GraphNode): Graph {
  return { ...graph, nodes: graph.nodes.map(change) };
}

/** The chosen nodes and the edges between them. */
export function fragmentOf(graph: Graph, nodeIds: ReadonlySet<string>): Fragment {
  return {
    nodes: graph.nodes.filter((node) => nodeIds.has(node.id)),
    edges: graph.edges.filter((edge) => nodeIds.has(edge.source) && nodeIds.has(edge.target)),
  };
}

/**
 * Adds copies of nodes under free ids and names. References between the copies follow them; a second input node is
 * left out, because a workflow has one.
 */
export function paste(
  graph: Graph,
  fragment: Fragment,
  offset: Point,
): { graph: Graph; nodeIds: readonly string[] } {
  const hasInput = graph.nodes.some((node) => node.kind === "input");
  const copied = fragment.nodes.filter((node) => findKind(node.kind) && !(hasInput && node.kind === "input"));
  const ids = new Set(idsOf(graph));
  const names = new Set(namesOf(graph));
  const renamed = new Map<string, string>();
  for (const node of copied) {
    const id = freeId(ids, node.id);
    ids.add(id);
    renamed.set(node.id, id);
  }
  const nodes = copied.map((node): GraphNode => {
    const name = freeName(names, node.name);
    names.add(name);
    const position = { x: node.position.x + offset.x, y: node.position.y + offset.y };
    return {
      ...node,
      id: renamed.get(node.id) ?? node.id,
      name,
      position,
      config: followNames(node.config, renamed),
    };
  });
  const edges = fragment.edges.flatMap((edge): GraphEdge[] => {
    const source = renamed.get(edge.source);
    const target = renamed.get(edge.target);
    return source && target
      ? [{ id: edgeId(source, edge.sourcePort, target), source, sourcePort: edge.sourcePort, target }]
      : [];
  });
  const merged = { ...graph, nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] };
  return { graph: merged, nodeIds: nodes.map((node) => node.id) };
}

/** Node names in texts such as `llm_1.text`, replaced where the node was copied along. */
function followNames(config: GraphNode["config"], renamed: ReadonlyMap<string, string>): GraphNode["config"] {
  const changed = [...renamed].filter(([from, to]) => from !== to);
  if (changed.length === 0) return config;
  const replace = (text: string) =>
    changed.reduce(
      (result, [from, to]) => result.replaceAll(new RegExp(`(?<![\\w-])${from}(?=[.\\["'])`, "g"), to),
      text,
    );
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return replace(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
  };
  return walk(config) as GraphNode["config"];
}
