import { writtenKey, writtenNode } from "./expression-names";
import { type Graph, type GraphNode, topologicalOrder } from "./graph";
import type { BodyView, OutputField } from "./kind";
import { inputKind } from "./kinds/input";
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

/** What a node gives on its way for errors. */
const ERROR_FIELDS: readonly OutputField[] = [
  { key: "error.message", label: "What went wrong, on the way On error", type: "text" },
  { key: "error.code", label: "A short name for what went wrong", type: "text" },
];

/** What a node gives; of one that calls a workflow what that gives, as far as it is known. */
export function outputsOf(node: GraphNode, called: CalledBy): readonly OutputField[] {
  const target = node.kind === "workflow" ? called(node.config) : null;
  return target && "outputs" in target
    ? target.outputs.map((key) => ({ key, label: key, type: "any" }))
    : (findKind(node.kind)?.outputs(node.config) ?? []);
}

/** What people fill in at an approval, each field by itself. */
function answersOf({ kind, config }: GraphNode): readonly OutputField[] {
  if (kind !== "approval") return [];
  const fields = inputKind.outputs(config).filter(({ key }) => key !== "");
  return fields.map((field) => ({ ...field, key: `answer${writtenKey(field.key)}` }));
}

function variablesOf(node: GraphNode, called: CalledBy): readonly Variable[] {
  const root = node.kind === "input" ? "input" : writtenNode(node.id);
  return [
    ...outputsOf(node, called),
    ...answersOf(node),
    ...(node.policy?.onError === "branch" ? ERROR_FIELDS : []),
  ]
    .filter((output) => output.key !== "")
    .map((output) => ({
      path: `${root}${writtenKey(output.key)}`,
      label: output.label || output.key,
      type: output.type,
    }));
}
