import type { Graph, GraphEdge, GraphNode } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { edgeId, freeId, freeName, idsOf, namesOf } from "./edits";
import { isFrame, type Point, withBodies } from "./frames";

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
 * containers; a body node copied alone stays in its container. A second input node is left out, because a workflow
 * has one.
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
      config: followNames(node.config, renamed),
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
  return {
    graph: merged,
    // A chosen container stands for what is in it.
    nodeIds: nodes.filter(({ parent }) => !parent || !copiedIds.has(parent)).map(({ id }) => id),
  };
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
