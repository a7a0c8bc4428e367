import { ancestorsOf, type Graph, topologicalOrder } from "@/lib/workflows/graph";
import type { OutputField } from "@/lib/workflows/kind";
import { findKind } from "@/lib/workflows/nodes";

export type Variable = {
  /** As written in a template or an expression, e.g. `find.text`. */
  readonly path: string;
  readonly label: string;
  readonly type: OutputField["type"];
};

export type VariableGroup = {
  readonly nodeId: string;
  readonly name: string;
  readonly variables: readonly Variable[];
};

/** What the texts of a node can use: the outputs of every node before it, the nearest last in the order of the run. */
export function variablesFor(graph: Graph, nodeId: string): readonly VariableGroup[] {
  const upstream = ancestorsOf(graph, nodeId);
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return topologicalOrder(graph).order.flatMap((id) => {
    const node = nodes.get(id);
    if (!node || !upstream.has(id) || id === nodeId) return [];
    const root = node.kind === "input" ? "input" : rootOf(id);
    const variables = (findKind(node.kind)?.outputs(node.config) ?? [])
      .filter((output) => output.key !== "")
      .map((output) => ({
        path: `${root}.${output.key}`,
        label: output.label || output.key,
        type: output.type,
      }));
    return variables.length > 0 ? [{ nodeId: id, name: node.name, variables }] : [];
  });
}

/** An id with a hyphen would be read as a subtraction. */
function rootOf(id: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(id) ? id : `nodes["${id}"]`;
}

/** A text with something put where the caret is, and where the caret goes then. */
export function insertAt(
  text: string,
  start: number,
  end: number,
  piece: string,
): { text: string; caret: number } {
  return { text: `${text.slice(0, start)}${piece}${text.slice(end)}`, caret: start + piece.length };
}
