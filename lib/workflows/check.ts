import { checkExpression, expressionReferences } from "./condition";
import { ancestorsOf, edgesBy, findInputNode, type Graph, type GraphNode, type Issue } from "./graph";
import type { NodeKind } from "./kind";
import { findKind } from "./nodes";
import { RESERVED_IDS } from "./scope";
import { type Slot, slotsOf } from "./slots";
import { checkStructure } from "./structure";
import { checkTemplate, type Reference, templateReferences } from "./template";

/** What exists in the tenant. A part that is left out is not checked. */
export type CheckContext = {
  readonly agentIds?: ReadonlySet<string>;
  readonly modelKeys?: ReadonlySet<string>;
  readonly documentIds?: ReadonlySet<string>;
};

/**
 * Every problem of a graph that `parseGraph` accepted, each naming its node; none means it can run. Costs
 * O(V + E) plus the texts.
 */
export function checkGraph(graph: Graph, context: CheckContext = {}): readonly Issue[] {
  const structure = checkStructure(graph);
  const whole: Whole = {
    input: findInputNode(graph),
    nodes: new Map(graph.nodes.map((node) => [node.id, node])),
    upstreamOf: upstreamIn(graph),
  };
  return [...structure, ...graph.nodes.flatMap((node) => checkNode(whole, node, context))];
}

/** The graph as the check of one node's names needs it. */
type Whole = {
  readonly input: GraphNode | null;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly upstreamOf: (nodeId: string) => ReadonlySet<string>;
};

/** Walks upwards only from nodes whose texts name another node, and once for each. */
function upstreamIn(graph: Graph): Whole["upstreamOf"] {
  const incoming = edgesBy(graph, "target");
  const known = new Map<string, ReadonlySet<string>>();
  return (nodeId) => {
    const found = known.get(nodeId) ?? ancestorsOf(graph, nodeId, incoming);
    known.set(nodeId, found);
    return found;
  };
}

function checkNode(whole: Whole, node: GraphNode, context: CheckContext): readonly Issue[] {
  const kind = findKind(node.kind);
  if (!kind) return [];
  const slots = slotsOf(kind, node.config);
  return [
    ...checkId(node),
    ...checkConfig(kind, node),
    ...slots.flatMap((slot) => checkText(whole, node, slot)),
    ...slots.flatMap((slot) => checkReference(node, slot, context)),
  ];
}

function configIssue(node: GraphNode, code: string, field: string, message: string): Issue {
  return { level: "config", code, nodeId: node.id, field, message: `“${node.name}”: ${message}` };
}

function checkId(node: GraphNode): readonly Issue[] {
  const taken = RESERVED_IDS.has(node.id) || (node.id === "input" && node.kind !== "input");
  if (!taken) return [];
  return [
    { level: "structure", code: "reserved_id", nodeId: node.id, message: `The id “${node.id}” is reserved.` },
  ];
}

function checkConfig(kind: NodeKind, node: GraphNode): readonly Issue[] {
  const parsed = kind.config.safeParse(node.config);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const field = issue.path.map(String).join(".");
    const unknown = issue.code === "unrecognized_keys";
    return configIssue(
      node,
      unknown ? "unknown_field" : "incomplete",
      field,
      `${labelOf(kind, issue.path)}${issue.message}`,
    );
  });
}

/** The label a person sees for a path, e.g. `Fields 2, Key: `. */
function labelOf(kind: NodeKind, path: readonly PropertyKey[]): string {
  const [first, index, second] = path;
  const field = kind.form.find((item) => item.name === first);
  if (!field) return "";
  const inner = field.type === "rows" ? field.row.find((item) => item.name === second) : undefined;
  if (typeof index !== "number") return `${field.label}: `;
  return `${field.label} ${index + 1}${inner ? `, ${inner.label}` : ""}: `;
}

function checkText(whole: Whole, node: GraphNode, slot: Slot): readonly Issue[] {
  if (slot.type !== "template" && slot.type !== "expression") return [];
  const text = slot.value;
  if (typeof text !== "string" || text.trim() === "") return [];
  const isTemplate = slot.type === "template";
  const problem = isTemplate ? checkTemplate(text) : checkExpression(text, slot.result);
  if (problem) {
    const at = isTemplate && !text.includes("\n") ? "" : ` (${place(text, problem.start)})`;
    return [
      configIssue(
        node,
        isTemplate ? "bad_template" : "bad_expression",
        slot.field,
        `${slot.label}: ${problem.message}${at}`,
      ),
    ];
  }
  const references = isTemplate ? templateReferences(text) : expressionReferences(text);
  return references.flatMap((reference) => {
    const message = checkName(whole, node, reference);
    return message ? [configIssue(node, "unknown_name", slot.field, `${slot.label}: ${message}`)] : [];
  });
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Whether a name leads to the run's input or to something before this node; else what is wrong with it. */
function checkName(whole: Whole, node: GraphNode, { path }: Reference): string | null {
  const [root = "", first, second] = path;
  if (root === "input") {
    return whole.input && first !== undefined ? checkField(whole.input, "input", first) : null;
  }
  const viaNodes = root === "nodes";
  const id = viaNodes ? first : root;
  if (id === undefined) return null;
  const target = whole.nodes.get(id);
  if (!target) return `there is no “${viaNodes ? `nodes.${id}` : id}”. Use input or a node before this one.`;
  if (id === node.id) return "a node cannot use its own output.";
  if (!whole.upstreamOf(node.id).has(id)) return `“${target.name}” (${id}) does not come before this node.`;
  const field = viaNodes ? second : first;
  return field === undefined ? null : checkField(target, viaNodes ? `nodes.${id}` : id, field);
}

function checkField(node: GraphNode, prefix: string, field: string): string | null {
  const outputs = findKind(node.kind)?.outputs(node.config) ?? [];
  if (outputs.some((output) => output.key === field) || field === "size") return null;
  const known = outputs.map((output) => output.key).filter((key) => key !== "");
  return `${prefix} has no “${field}” (it has: ${known.join(", ") || "nothing"}).`;
}

function checkReference(node: GraphNode, slot: Slot, context: CheckContext): readonly Issue[] {
  const missing = (what: string) =>
    configIssue(node, "missing_reference", slot.field, `${slot.label}: ${what}`);
  const { value } = slot;
  if (slot.type === "agent" && isMissing(value, context.agentIds))
    return [missing("this agent does not exist any more.")];
  if (slot.type === "model" && isMissing(value, context.modelKeys))
    return [missing("this model is not available.")];
  if (slot.type === "documents" && Array.isArray(value)) {
    const gone = value.filter((id) => isMissing(id, context.documentIds)).length;
    if (gone > 0)
      return [missing(`${gone === 1 ? "one document does" : `${gone} documents do`} not exist any more.`)];
  }
  return [];
}

function isMissing(value: unknown, known: ReadonlySet<string> | undefined): boolean {
  return known !== undefined && typeof value === "string" && value !== "" && !known.has(value);
}
