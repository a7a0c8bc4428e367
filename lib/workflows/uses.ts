import type { Graph, GraphNode } from "./graph";
import type { FormField } from "./kind";
import { findKind } from "./nodes";

/** What of a workspace a node can use. Models are the platform's. */
export const THINGS = ["agents", "workflows", "documents", "credentials", "people"] as const;
export type Thing = (typeof THINGS)[number];

const CHOSEN: Readonly<Partial<Record<FormField["type"], Thing>>> = {
  agent: "agents",
  workflow: "workflows",
  documents: "documents",
  credential: "credentials",
  people: "people",
};

export type Use = { readonly thing: Thing; readonly id: string; readonly node: GraphNode };

type Value = GraphNode["config"][string];

const fieldsOf = (node: GraphNode) => findKind(node.kind)?.form ?? [];

/** Everything of a workspace that the nodes of a graph use, also by a field that is not asked for at present. */
export function usesOf(graph: Graph): readonly Use[] {
  return graph.nodes.flatMap((node) =>
    fieldsOf(node).flatMap(({ name, type }) => {
      const thing = CHOSEN[type];
      return thing ? idsIn(node.config[name]).map((id) => ({ thing, id, node })) : [];
    }),
  );
}

function idsIn(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return Array.isArray(value) ? value.flatMap(idsIn) : [];
}

/** The graph with other ids for what it uses. A call of another workflow than before is one of its published version. */
export function withUses(graph: Graph, idFor: (thing: Thing, id: string) => string): Graph {
  return { ...graph, nodes: graph.nodes.map((node) => ({ ...node, config: configWith(node, idFor) })) };
}

function configWith(node: GraphNode, idFor: (thing: Thing, id: string) => string): GraphNode["config"] {
  const config = { ...node.config };
  for (const { name, type } of fieldsOf(node)) {
    const [thing, value] = [CHOSEN[type], config[name]];
    if (thing && value !== undefined) config[name] = mapIds(value, (id) => idFor(thing, id));
  }
  for (const field of fieldsOf(node)) {
    if (field.type !== "workflow_version") continue;
    if (config[field.workflowField] !== node.config[field.workflowField]) config[field.name] = "";
  }
  return config;
}

function mapIds(value: Value, change: (id: string) => string): Value {
  if (typeof value === "string") return value === "" ? value : change(value);
  return Array.isArray(value) ? value.map((item) => mapIds(item, change)) : value;
}
