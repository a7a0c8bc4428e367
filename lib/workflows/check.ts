import { outsideProblem } from "@/lib/outside-value";
import { plainProblem } from "@/lib/plain-problem";
import { checkExpression, expressionReferences } from "./condition";
import { meansOther } from "./expression-names";
import type { Graph, GraphNode, Issue } from "./graph";
import { ERROR_OUTPUT, type NodeKind, type OutputField, rowName } from "./kind";
import { type Names, namesOf, type Place } from "./names";
import { findKind, isSuspending, NODE_KINDS } from "./nodes";
import { type CheckContext, checkReference, configIssue, INACTIVE } from "./references";
import { RESERVED_IDS } from "./scope";
import { type Slot, slotsOf } from "./slots";
import { checkStructure } from "./structure";
import { checkTemplate, type Reference, type TextProblem, templateReferences } from "./template";

/** Names that only bodies know, and where. */
const BODY_NAMES: ReadonlyMap<string, string> = new Map(
  NODE_KINDS.flatMap(({ label, bodyNames = [] }) =>
    bodyNames.map(({ key }) => [key, `inside “${label}”`] as const),
  ),
);

/**
 * Every problem of a graph that `parseGraph` accepted, each naming its node; none means it can run. Costs
 * O(V + E) plus the texts.
 */
export function checkGraph(graph: Graph, context: CheckContext = {}): readonly Issue[] {
  const structure = checkStructure(graph);
  const names = namesOf(graph);
  return [...structure, ...graph.nodes.flatMap((node) => checkNode(names, node, context))];
}

/** Whether a version with this problem runs all the same: it may have been published before the problem was one. */
export function runsAnyway({ code }: Issue): boolean {
  return code === LEAVES_OUT || code === TAKEN_NAME || code === UNKNOWN_PART;
}

/** Whether a run says this itself, of the nodes that run: of an agent when it starts, of a workflow when it is called. */
export function isSaidByRun({ code }: Issue): boolean {
  return INACTIVE.has(code);
}

const LEAVES_OUT = "template_leaves_out";
const TAKEN_NAME = "taken_name";
/** A name that leads to what a node gives, but to nothing in it. */
const UNKNOWN_PART = "unknown_part";

function checkNode(names: Names, node: GraphNode, context: CheckContext): readonly Issue[] {
  const kind = findKind(node.kind);
  if (!kind) return [];
  const slots = slotsOf(kind, node.config);
  return [
    ...checkId(node),
    ...checkCharacters(kind, node),
    ...checkConfig(kind, node),
    ...checkPolicy(kind, node),
    ...slots.flatMap((slot) => checkText(names, node, slot, context)),
    ...slots.flatMap((slot) => checkReference(node, slot, context)),
  ];
}

function checkId(node: GraphNode): readonly Issue[] {
  const taken = RESERVED_IDS.has(node.id) || (node.id === "input" && node.kind !== "input");
  if (!taken) return [];
  return [
    { level: "structure", code: "reserved_id", nodeId: node.id, message: `The id “${node.id}” is reserved.` },
  ];
}

/** What no save takes and hardly anybody sees, as it comes out of other documents: told where it stands. */
function checkCharacters(kind: NodeKind, node: GraphNode): readonly Issue[] {
  const problem = outsideProblem(node);
  const [part, ...rest] = problem?.path ?? [];
  if (!problem || part === undefined) return [];
  const isConfig = part === "config";
  const path = rest.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
  const text = path.reduce<unknown>(
    (inside, key) => (typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : null),
    Reflect.get(node, part),
  );
  const label = isConfig ? labelOf(kind, path) : part in PARTS ? `${PARTS[part]}: ` : "";
  const at = typeof text === "string" ? ` (${place(text, badCharacterAt(text))})` : "";
  const unstorable = `there is a character that cannot be stored${at}. Write the text anew.`;
  return [
    {
      level: "config",
      code: "bad_character",
      nodeId: node.id,
      message: `“${node.name}”: ${label}${rest.includes("__proto__") ? problem.sentence : unstorable}`,
      ...(isConfig ? { field: rest.join(".") } : {}),
    },
  ];
}

const PARTS: Readonly<Record<string, string>> = {
  name: "Name",
  policy: "Default output",
  pin: "Pinned output",
};

function badCharacterAt(text: string): number {
  const at = text.indexOf("\0");
  return at === -1 ? text.search(/\p{Surrogate}/u) : at;
}

function checkConfig(kind: NodeKind, node: GraphNode): readonly Issue[] {
  const parsed = kind.config.safeParse(node.config, { error: plainProblem });
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => {
    const unknown = issue.code === "unrecognized_keys";
    const field = [...issue.path, ...(unknown ? issue.keys.slice(0, 1) : [])].map(String).join(".");
    return configIssue(
      node,
      unknown ? "unknown_field" : "incomplete",
      field,
      `${labelOf(kind, issue.path)}${issue.message}`,
    );
  });
}

/** A node's policy: only where its kind has one, and complete. The shape was checked with the graph's. */
function checkPolicy(kind: NodeKind, node: GraphNode): readonly Issue[] {
  if (!node.policy || Object.keys(node.policy).length === 0) return [];
  if (!kind.hasPolicy) {
    const message = `On failure: a node of the kind ${kind.label} has no timeout, retries or way for errors.`;
    return [configIssue(node, "no_policy", "policy", message)];
  }
  if (node.policy.retry && isSuspending(node.kind)) {
    const message = `Retries: a node of the kind ${kind.label} is not tried again as a whole; the nodes in it are, each by itself.`;
    return [configIssue(node, "no_retry", "policy.retry", message)];
  }
  if (node.policy.onError === "default" && node.policy.defaultOutput === undefined) {
    const message = "Default output: say what the node gives when it fails.";
    return [configIssue(node, "missing_default", "policy.defaultOutput", message)];
  }
  return [];
}

/** The label a person sees for a path, e.g. `Field 2, Key: `. */
function labelOf(kind: NodeKind, path: readonly PropertyKey[]): string {
  const [first, index, second] = path;
  const field = kind.form.find((item) => item.name === first);
  if (!field) return "";
  if (typeof index !== "number") return `${field.label}: `;
  if (field.type !== "rows") return `${field.label} ${index + 1}: `;
  const inner = field.row.find((item) => item.name === second);
  return `${rowName(field, index)}${inner ? `, ${inner.label}` : ""}: `;
}

function checkText(names: Names, node: GraphNode, slot: Slot, context: CheckContext): readonly Issue[] {
  if (slot.type !== "template" && slot.type !== "expression") return [];
  const text = slot.value;
  if (typeof text !== "string" || text.trim() === "") return [];
  const isTemplate = slot.type === "template";
  const problem = isTemplate ? checkTemplate(text) : checkExpression(text, slot.result);
  const issues = problem ? [textIssue(node, slot, text, problem)] : [];
  if (problem && !problem.rendersAnyway) return issues;
  const references = isTemplate ? templateReferences(text) : expressionReferences(text);
  const unknown = references.flatMap((reference) => {
    const [root = ""] = reference.path;
    if (!isTemplate && meansOther(root) && names.nodes.has(root)) {
      const message = `${slot.label}: in an expression “${root}” is not the node. Write nodes.${root}.`;
      return [configIssue(node, TAKEN_NAME, slot.field, message)];
    }
    const message = checkName(names, { node, sees: slot.sees }, reference, context);
    if (message) return [configIssue(node, "unknown_name", slot.field, `${slot.label}: ${message}`)];
    const part = checkPart(names, reference, context);
    return part ? [configIssue(node, UNKNOWN_PART, slot.field, `${slot.label}: ${part}`)] : [];
  });
  return [...issues, ...unknown];
}

function textIssue(node: GraphNode, slot: Slot, text: string, problem: TextProblem): Issue {
  const isTemplate = slot.type === "template";
  const code = isTemplate ? (problem.rendersAnyway ? LEAVES_OUT : "bad_template") : "bad_expression";
  const at = isTemplate && !text.includes("\n") ? "" : ` (${place(text, problem.start)})`;
  return configIssue(node, code, slot.field, `${slot.label}: ${problem.message}${at}`);
}

function place(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Whether a name leads to the run's input or to something before its place; else what is wrong with it. */
function checkName(names: Names, place: Place, { path }: Reference, context: CheckContext): string | null {
  const [root = "", first, second] = path;
  if (root === "input") {
    return names.input && first !== undefined ? checkField(names.input, "input", first, context) : null;
  }
  if (names.locals(place).some(({ key }) => key === root)) return null;
  if (BODY_NAMES.has(root)) return `“${root}” is only known ${BODY_NAMES.get(root)}.`;
  const viaNodes = root === "nodes";
  const id = viaNodes ? first : root;
  if (id === undefined) return null;
  const target = names.nodes.get(id);
  if (!target) return `there is no “${viaNodes ? `nodes.${id}` : id}”. Use input or a node before this one.`;
  if (id === place.node.id) return "a node cannot use its own output.";
  if (!names.sees(place, id)) return whyUnseen(place, target);
  const field = viaNodes ? second : first;
  return field === undefined ? null : checkField(target, viaNodes ? `nodes.${id}` : id, field, context);
}

function whyUnseen({ node }: Place, target: GraphNode): string {
  if (target.parent !== undefined && target.parent !== node.parent)
    return `“${target.name}” (${target.id}) is inside of a node: outside, only that node's result is known.`;
  return `“${target.name}” (${target.id}) does not come before this node.`;
}

function checkField(node: GraphNode, prefix: string, field: string, context: CheckContext): string | null {
  return whyMissing(prefix, field, fieldsOf(node, context));
}

/** Whether a name that goes on into what a node gives leads to something there, as far as that is known. */
function checkPart({ nodes }: Names, { path }: Reference, context: CheckContext): string | null {
  const at = path[0] === "nodes" ? 1 : 0;
  const [id = "", field, part] = path.slice(at);
  const node = nodes.get(id);
  if (!node || field === undefined || part === undefined) return null;
  const holders = fieldsOf(node, context)?.filter(({ key }) => key === field) ?? [];
  if (holders.length === 0 || holders.some(({ inside }) => !inside)) return null;
  const inside = holders.flatMap((holder) => holder.inside ?? []);
  return whyMissing(path.slice(0, at + 2).join("."), part, inside);
}

function whyMissing(prefix: string, name: string, known: readonly OutputField[] | null): string | null {
  const keys = known?.map(({ key }) => key);
  if (!keys || keys.includes(name) || name === "size") return null;
  return `${prefix} has no “${name}” (it has: ${keys.filter(Boolean).join(", ") || "nothing"}).`;
}

/** What a node gives, also when it failed and goes on; null when it is not known. */
function fieldsOf(node: GraphNode, { called }: CheckContext): readonly OutputField[] | null {
  const kind = findKind(node.kind);
  const { onError, defaultOutput = {} } = (kind?.hasPolicy && node.policy) || {};
  const onFailure =
    onError === "branch"
      ? [ERROR_OUTPUT]
      : onError === "default"
        ? Object.keys(defaultOutput).map(anyField)
        : [];
  if (!kind?.hasOpenOutputs) return [...(kind?.outputs(node.config) ?? []), ...onFailure];
  const target = called?.(node.config);
  return target && "outputs" in target ? [...target.outputs.map(anyField), ...onFailure] : null;
}

function anyField(key: string): OutputField {
  return { key, label: key, type: "any" };
}
