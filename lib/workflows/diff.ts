import type { FieldChange } from "@/lib/changes/field";
import { fieldChanges, type Names } from "./diff-fields";
import type { Graph, GraphEdge, GraphNode } from "./graph";
import { findKind, portsOfNode } from "./nodes";

/** What became of a node between two graphs. A node that became another kind is removed and added. */
export type NodeChange = {
  readonly nodeId: string;
  readonly name: string;
  /** Of its kind, as people know it. */
  readonly kindLabel: string;
  readonly change: "added" | "removed" | "changed";
  readonly renamedFrom?: string;
  /** The containers it went from and to; null is outside of all. */
  readonly moved?: { readonly from: string | null; readonly to: string | null };
  readonly fields: readonly FieldChange[];
};

/** A connection that came or went, by the names of its nodes; `port` where the first node has several ways out. */
export type EdgeChange = {
  readonly change: "added" | "removed";
  readonly from: string;
  readonly port: string | null;
  readonly to: string;
};

export type GraphDiff = {
  readonly nodes: readonly NodeChange[];
  readonly edges: readonly EdgeChange[];
  /** Nothing but places and sizes differs, if that. */
  readonly isSame: boolean;
};

/**
 * What changed from one graph to another, in words of the product: nodes, their settings by the labels of their forms,
 * and connections by the names of nodes. Where things are drawn does not count. `names` tells what ids in settings are
 * called.
 */
export function diffGraphs(before: Graph, after: Graph, names: Names = {}): GraphDiff {
  const old = nodesById(before);
  const now = nodesById(after);
  const isKept = (node: GraphNode) => old.get(node.id)?.kind === node.kind && now.get(node.id) !== undefined;
  const nodes = [
    ...after.nodes.flatMap((node) => {
      const was = old.get(node.id);
      if (!was || !isKept(node)) return [bare(node, "added")];
      return changeOf(was, node, nameIn(old), nameIn(now), names);
    }),
    ...before.nodes
      .filter((node) => now.get(node.id)?.kind !== node.kind)
      .map((node) => bare(node, "removed")),
  ];
  const edges = [...edgesOnlyIn(before, after, "removed"), ...edgesOnlyIn(after, before, "added")];
  return { nodes, edges, isSame: nodes.length === 0 && edges.length === 0 };
}

function nodesById(graph: Graph): ReadonlyMap<string, GraphNode> {
  return new Map(graph.nodes.map((node) => [node.id, node]));
}

function nameIn(nodes: ReadonlyMap<string, GraphNode>): (id: string | undefined) => string | null {
  return (id) => (id === undefined ? null : (nodes.get(id)?.name ?? id));
}

function bare(node: GraphNode, change: "added" | "removed"): NodeChange {
  return { nodeId: node.id, name: node.name, kindLabel: kindLabelOf(node), change, fields: [] };
}

function kindLabelOf(node: GraphNode): string {
  return findKind(node.kind)?.label ?? node.kind;
}

type NameOf = (id: string | undefined) => string | null;

function changeOf(
  was: GraphNode,
  node: GraphNode,
  oldName: NameOf,
  newName: NameOf,
  names: Names,
): readonly NodeChange[] {
  const fields = fieldChanges(was, node, names);
  const isRenamed = was.name !== node.name;
  const isMoved = was.parent !== node.parent;
  if (fields.length === 0 && !isRenamed && !isMoved) return [];
  return [
    {
      nodeId: node.id,
      name: node.name,
      kindLabel: kindLabelOf(node),
      change: "changed",
      ...(isRenamed ? { renamedFrom: was.name } : {}),
      ...(isMoved ? { moved: { from: oldName(was.parent), to: newName(node.parent) } } : {}),
      fields,
    },
  ];
}

/** Edges are the same when they join the same nodes by the same port, whatever their ids. */
function edgesOnlyIn(graph: Graph, other: Graph, change: EdgeChange["change"]): readonly EdgeChange[] {
  const there = new Set(other.edges.map(joinOf));
  const nodes = nodesById(graph);
  return graph.edges
    .filter((edge) => !there.has(joinOf(edge)))
    .map((edge) => ({
      change,
      from: nodes.get(edge.source)?.name ?? edge.source,
      port: portLabel(nodes.get(edge.source), edge.sourcePort),
      to: nodes.get(edge.target)?.name ?? edge.target,
    }));
}

function joinOf({ source, sourcePort, target }: GraphEdge): string {
  return `${source} ${sourcePort} ${target}`;
}

function portLabel(node: GraphNode | undefined, port: string): string | null {
  const ports = node ? portsOfNode(node) : [];
  return ports.length > 1 ? (ports.find(({ id }) => id === port)?.label ?? port) : null;
}
