import { expressionReferences } from "@/lib/workflows/condition";
import { type Graph, type GraphNode, nodesBefore } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { type Slot, slotsOf } from "@/lib/workflows/slots";
import { templateReferences } from "@/lib/workflows/template";

/** Graphs of versions never change, so what a node reads is found once. */
const known = new WeakMap<GraphNode, readonly string[]>();

/**
 * The nodes whose outputs a node can read: those its templates and expressions name, and its direct parents. All that
 * come before it when a name is computed, e.g. `nodes[input.which]`.
 */
export function nodesRead(graph: Graph, node: GraphNode): readonly string[] {
  const found = known.get(node) ?? findReads(graph, node);
  known.set(node, found);
  return found;
}

function findReads(graph: Graph, node: GraphNode): readonly string[] {
  const kind = findKind(node.kind);
  const before = nodesBefore(graph, node.id);
  const names = new Set(graph.edges.filter((edge) => edge.target === node.id).map((edge) => edge.source));
  for (const slot of kind ? slotsOf(kind, node.config) : []) {
    const named = namesIn(slot);
    if (named === "any") return [...before];
    for (const name of named) names.add(name);
  }
  return [...names].filter((name) => before.has(name));
}

/** Whether a node's templates and expressions name what the run was given, or may. */
export function readsInput({ kind: name, config }: GraphNode): boolean {
  const kind = findKind(name);
  const named = kind ? slotsOf(kind, config).map(namesIn) : [];
  return named.some((names) => names === "any" || names.includes("input"));
}

/** The nodes a text names; `any` when a name is computed. */
export function namesIn({ type, value }: Pick<Slot, "type" | "value">): readonly string[] | "any" {
  if (typeof value !== "string") return [];
  const references =
    type === "template"
      ? templateReferences(value)
      : type === "expression"
        ? expressionReferences(value)
        : [];
  const names = references.map(({ path }) => (path[0] === "nodes" ? path[1] : path[0]));
  return names.every((name) => name !== undefined) ? names : "any";
}
