import { writtenKey, writtenNode } from "./expression-names";
import { type Graph, type GraphNode, topologicalOrder } from "./graph";
import { type BodyView, ERROR_OUTPUT, type OutputField } from "./kind";
import { namesOf } from "./names";
import { findKind } from "./nodes";
import type { CalledBy } from "./references";

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

/**
 * What a text of a node can use: what the containers around it add, then the outputs of every node it sees, in the
 * order of the run. `sees` is for the texts of a container that are computed after its body; `called` knows what the
 * workflows give that nodes call.
 */
export function variablesFor(
  graph: Graph,
  nodeId: string,
  sees: BodyView | null = null,
  called: CalledBy = () => null,
): readonly VariableGroup[] {
  const names = namesOf(graph);
  const node = names.nodes.get(nodeId);
  if (!node) return [];
  const place = { node, sees };
  const locals = names.locals(place);
  const group = {
    nodeId: "",
    name: "Here, each time",
    variables: locals.map(({ key, label, type }) => ({ path: key, label, type })),
  };
  const before = topologicalOrder(graph).order.flatMap((id) => {
    const other = names.nodes.get(id);
    if (!other || id === nodeId || !names.sees(place, id)) return [];
    const variables = variablesOf(other, called);
    return variables.length > 0 ? [{ nodeId: id, name: other.name, variables }] : [];
  });
  return locals.length > 0 ? [group, ...before] : before;
}

/** What a node gives; of one that calls a workflow what that gives, as far as it is known. */
export function outputsOf(node: GraphNode, called: CalledBy): readonly OutputField[] {
  const target = node.kind === "workflow" ? called(node.config) : null;
  return target && "outputs" in target
    ? target.outputs.map((key) => ({ key, label: key, type: "any" }))
    : (findKind(node.kind)?.outputs(node.config) ?? []);
}

/** What is known to be in what a node gives, each by itself. */
function insideOf({ key: holder, inside = [] }: OutputField): readonly OutputField[] {
  return inside
    .filter(({ key }) => key !== "")
    .map((field) => ({ ...field, key: `${holder}${writtenKey(field.key)}` }));
}

function variablesOf(node: GraphNode, called: CalledBy): readonly Variable[] {
  const root = node.kind === "input" ? "input" : writtenNode(node.id);
  const outputs = outputsOf(node, called);
  return [
    ...outputs,
    ...outputs.flatMap(insideOf),
    ...(node.policy?.onError === "branch" ? insideOf(ERROR_OUTPUT) : []),
  ]
    .filter((output) => output.key !== "")
    .map((output) => ({
      path: `${root}${writtenKey(output.key)}`,
      label: output.label || output.key,
      type: output.type,
    }));
}
