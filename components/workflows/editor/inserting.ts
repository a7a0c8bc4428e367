import type { Graph, GraphEdge } from "@/lib/workflows/graph";
import { rowsOf, textOf } from "@/lib/workflows/kind";
import { findKind, portsOfNode } from "@/lib/workflows/nodes";
import { ECHO } from "@/lib/workflows/templates";
import { changeNode, connect, freeSpot, moveNodes, removeItems } from "./edits";
import { NODE_WIDTH, sizesOf } from "./frames";

/**
 * Where the first node of a workflow belongs that is nothing yet but an input leading to an output. None for a note, nor
 * for another input or output.
 */
export function firstPlace({ nodes, edges }: Graph, kind: string): GraphEdge | undefined {
  const stands = findKind(kind)?.isAnnotation !== true && kind !== "input" && kind !== "output";
  const kinds = nodes.map((node) => node.kind).sort();
  return stands && kinds.join() === "input,output" ? edges[0] : undefined;
}

/**
 * The output of a new workflow gives the text of its first node, instead of what went in. The graph as it is where that
 * node has no text, or the output says something else already.
 */
export function answerWith(graph: Graph, nodeId: string): Graph {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  const output = graph.nodes.find(({ kind }) => kind === "output");
  const values = output ? rowsOf(output.config, "fields").map((row) => textOf(row, "value")) : [];
  const hasText =
    node &&
    findKind(node.kind)
      ?.outputs(node.config)
      .some(({ key }) => key === "text");
  if (!output || !hasText || values.join() !== ECHO) return graph;
  const fields = rowsOf(output.config, "fields").map((row) => ({ ...row, value: `{{ ${nodeId}.text }}` }));
  return changeNode(graph, output.id, (found) => ({ ...found, config: { ...found.config, fields } }));
}

const GAP = 60;
const GRID = 20;

/**
 * Puts a node that was just added into a connection: it follows what that came from, by its first way on comes what that
 * led to, and this and all behind it makes room. The graph as it is where the node cannot stand there.
 */
export function putInto(graph: Graph, edge: GraphEdge, nodeId: string): Graph {
  const node = graph.nodes.find(({ id }) => id === nodeId);
  const source = graph.nodes.find(({ id }) => id === edge.source);
  const [port] = node ? portsOfNode(node) : [];
  if (!node || !source || !port) return graph;
  const cut = removeItems(graph, new Set(), new Set([edge.id]));
  const led = connect(cut, edge.source, edge.sourcePort, nodeId);
  const joined = connect(led, nodeId, port.id, edge.target);
  if (joined.edges.length !== graph.edges.length + 1) return graph;
  const sizes = sizesOf(graph);
  const widthOf = (id: string) => sizes.get(id)?.width ?? NODE_WIDTH;
  const at = { x: onGrid(source.position.x + widthOf(source.id) + GAP), y: source.position.y };
  const roomy = moveBehind(joined, edge.target, at.x + widthOf(nodeId) + GAP);
  return changeNode(roomy, nodeId, (fresh) => ({ ...fresh, position: freeSpot(roomy, fresh, at) }));
}

function onGrid(length: number): number {
  return Math.ceil(length / GRID) * GRID;
}

/** Moves a node to `x` where it is nearer, and all that follows it as far. */
function moveBehind(graph: Graph, nodeId: string, x: number): Graph {
  const first = graph.nodes.find(({ id }) => id === nodeId);
  const missing = first ? x - first.position.x : 0;
  if (missing <= 0) return graph;
  const far = onGrid(missing);
  const behind = new Set([nodeId]);
  for (const id of behind) for (const edge of graph.edges) if (edge.source === id) behind.add(edge.target);
  const moved = graph.nodes.filter(({ id }) => behind.has(id));
  return moveNodes(
    graph,
    new Map(moved.map(({ id, position }) => [id, { x: position.x + far, y: position.y }])),
  );
}
