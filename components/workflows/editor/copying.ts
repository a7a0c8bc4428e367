import type { Graph, GraphEdge, GraphNode } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { edgeId, freeId, freeName, idsOf, moveNodes, namesOf, wayDown } from "./edits";
import { isFrame, type Point, withBodies } from "./frames";
import { rewriteTexts } from "./rewriting";

/** `nodes.llm_1.text` is the long form of `llm_1.text`. */
const ALL_NODES = "nodes";

/** Nodes that were copied, with what connects them. */
export type Fragment = { readonly nodes: readonly GraphNode[]; readonly edges: readonly GraphEdge[] };

/** The chosen nodes with everything inside of them, and the edges between them. */
export function fragmentOf(graph: Graph, chosen: ReadonlySet<string>): Fragment {
  const nodeIds = withBodies(graph, chosen);
  return {
    nodes: graph.nodes.filter((node) => nodeIds.has(node.id)),
    edges: graph.edges.filter((edge) => nodeIds.has(edge.source) && nodeIds.has(edge.target)),
  };
}

/**
 * Adds copies of nodes under free ids and names. References between the copies follow them, and bodies their
 * containers; a body node copied alone stays in its container. They keep their places to each other, by `offset` and
 * as far down as they need to cover nothing. A second input node is left out, because a workflow has one.
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
    const { parent: _, ...rest } = node;
    const copy = {
      ...rest,
      id: renamed.get(node.id) ?? node.id,
      name,
      config: followNames(node, renamed),
    };
    const inside = node.parent === undefined ? undefined : renamed.get(node.parent);
    if (inside !== undefined) return { ...copy, parent: inside };
    const position = { x: node.position.x + offset.x, y: node.position.y + offset.y };
    const around = graph.nodes.find((other) => other.id === node.parent && isFrame(other));
    return around ? { ...copy, position, parent: around.id } : { ...copy, position };
  });
  const edges = fragment.edges.flatMap((edge): GraphEdge[] => {
    const source = renamed.get(edge.source);
    const target = renamed.get(edge.target);
    return source && target
      ? [{ id: edgeId(source, edge.sourcePort, target), source, sourcePort: edge.sourcePort, target }]
      : [];
  });
  const merged = { ...graph, nodes: [...graph.nodes, ...nodes], edges: [...graph.edges, ...edges] };
  const copiedIds = new Set(renamed.values());
  // A chosen container stands for what is in it.
  const chosen = nodes.filter(({ parent }) => !parent || !copiedIds.has(parent));
  const down = wayDown(merged, chosen);
  const moved = new Map(chosen.map(({ id, position: { x, y } }) => [id, { x, y: y + down }]));
  return { graph: moveNodes(merged, moved), nodeIds: [...moved.keys()] };
}

/** The texts of a copied node, in which the nodes that were copied along are named by their new ids. */
function followNames(node: GraphNode, renamed: ReadonlyMap<string, string>): GraphNode["config"] {
  // Each once, because a new id may be another's old one.
  return rewriteTexts(node, (text, references) =>
    references.reduce((result, { path, start }) => {
      const isLong = path[0] === ALL_NODES;
      const name = path[isLong ? 1 : 0] ?? "";
      const to = renamed.get(name);
      const at = result.indexOf(name, isLong ? start + ALL_NODES.length : start);
      return to && at !== -1 ? result.slice(0, at) + to + result.slice(at + name.length) : result;
    }, text),
  );
}
