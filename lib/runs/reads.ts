import { expressionReferences } from "@/lib/workflows/condition";
import { ancestorsOf, type Graph, type GraphNode } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { slotsOf } from "@/lib/workflows/slots";
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
  const names = new Set(graph.edges.filter((edge) => edge.target === node.id).map((edge) => edge.source));
  for (const slot of kind ? slotsOf(kind, node.config) : []) {
    if (typeof slot.value !== "string") continue;
    const references =
      slot.type === "template"
        ? templateReferences(slot.value)
        : slot.type === "expression"
          ? expressionReferences(slot.value)
          : [];
    for (const { path } of references) {
      const name = path[0] === "nodes" ? path[1] : path[0];
      if (name === undefined) return [...ancestorsOf(graph, node.id)];
      names.add(name);
    }
  }
  const before = ancestorsOf(graph, node.id);
  return [...names].filter((name) => before.has(name));
}
