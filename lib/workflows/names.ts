import { edgesBy, findInputNode, type Graph, type GraphNode, nodesBefore } from "./graph";
import type { BodyView, OutputField } from "./kind";
import { findKind } from "./nodes";

/** Where a text stands: at a node, or at a container after its body, of which it sees so much. */
export type Place = { readonly node: GraphNode; readonly sees: BodyView | null };

/** What the texts of a graph can name. */
export type Names = {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly input: GraphNode | null;
  /** Whether the output of a node is known there: it comes before, or before a container around it. */
  sees(place: Place, nodeId: string): boolean;
  /** What the containers around it add, the innermost first: `item`, `index`, `round`, `last`. */
  locals(place: Place): readonly OutputField[];
};

/** The containers a node is in, the innermost first. Ends where parents go in a circle. */
export function containersOf(nodes: ReadonlyMap<string, GraphNode>, node: GraphNode): readonly GraphNode[] {
  const found: GraphNode[] = [];
  const seen = new Set([node.id]);
  for (let next = parentOf(nodes, node); next && !seen.has(next.id); next = parentOf(nodes, next)) {
    seen.add(next.id);
    found.push(next);
  }
  return found;
}

function parentOf(nodes: ReadonlyMap<string, GraphNode>, node: GraphNode): GraphNode | undefined {
  return node.parent === undefined ? undefined : nodes.get(node.parent);
}

/** Prepares the names of a graph; each node is walked upwards from once, and only when it is asked for. */
export function namesOf(graph: Graph): Names {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const incoming = edgesBy(graph, "target");
  const before = new Map<string, ReadonlySet<string>>();
  const isBefore = (nodeId: string, other: string) => {
    const found = before.get(nodeId) ?? nodesBefore(graph, nodeId, incoming);
    before.set(nodeId, found);
    return found.has(other);
  };
  return {
    nodes,
    input: findInputNode(graph),
    sees: ({ node, sees }, nodeId) =>
      isBefore(node.id, nodeId) || (sees === "body" && nodes.get(nodeId)?.parent === node.id),
    locals: ({ node, sees }) =>
      [...(sees ? [node] : []), ...containersOf(nodes, node)].flatMap(
        ({ kind }) => findKind(kind)?.bodyNames ?? [],
      ),
  };
}
