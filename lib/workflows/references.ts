import type { CalledWorkflow } from "./called";
import type { GraphNode, Issue } from "./graph";
import { type RawConfig, rowsOf, textOf } from "./kind";
import type { Slot } from "./slots";

/** What exists in the tenant. A part that is left out is not checked. */
export type CheckContext = {
  readonly agents?: ReadonlyMap<string, KnownAgent>;
  readonly modelKeys?: ReadonlySet<string>;
  readonly documentIds?: ReadonlySet<string>;
  readonly userIds?: ReadonlySet<string>;
  readonly credentialIds?: ReadonlySet<string>;
  readonly called?: CalledBy;
};

/** The workflow a config calls, or why it cannot be called; null when that is not known here. */
export type CalledBy = (config: RawConfig) => CalledWorkflow | BadCall | null;

export type KnownAgent = { readonly name: string; readonly isActive: boolean };

export type BadCall = {
  readonly code: "missing_reference" | "self_including" | "calls_too_deep";
  readonly problem: string;
};

export const NOT_CALLABLE: BadCall = {
  code: "missing_reference",
  problem: "this workflow does not exist, or has not been published.",
};

export const NO_VERSION: BadCall = {
  code: "missing_reference",
  problem: "this version does not exist any more.",
};

/** A node whose agent answers nobody, or that calls a workflow which does not run. */
export const INACTIVE: ReadonlySet<string> = new Set(["agent_inactive", "workflow_inactive"]);

export function configIssue(node: GraphNode, code: string, field: string, message: string): Issue {
  return { level: "config", code, nodeId: node.id, field, message: `“${node.name}”: ${message}` };
}

/** Whether what a slot refers to exists, and takes what it is given. */
export function checkReference(node: GraphNode, slot: Slot, context: CheckContext): readonly Issue[] {
  const missing = (what: string) =>
    configIssue(node, "missing_reference", slot.field, `${slot.label}: ${what}`);
  const { value } = slot;
  switch (slot.type) {
    case "agent":
      return isMissing(value, context.agents)
        ? [missing("this agent does not exist any more.")]
        : inactiveAgent(node, slot, context);
    case "model":
      return isMissing(value, context.modelKeys) ? [missing("this model is not available.")] : [];
    case "documents":
      return someMissing(value, context.documentIds, "document").map(missing);
    case "people":
      return someMissing(value, context.userIds, "person", "people").map(missing);
    case "credential":
      return isMissing(value, context.credentialIds)
        ? [missing("this credential does not exist any more.")]
        : [];
    case "workflow":
      return typeof value === "string" && value !== "" ? checkCall(node, slot, context) : [];
    default:
      return [];
  }
}

function inactiveAgent(node: GraphNode, slot: Slot, { agents }: CheckContext): readonly Issue[] {
  const agent = typeof slot.value === "string" ? agents?.get(slot.value) : undefined;
  if (!agent || agent.isActive) return [];
  const message = `${slot.label}: ${agent.name} is inactive. Activate it, or choose another agent.`;
  return [configIssue(node, "agent_inactive", slot.field, message)];
}

function isMissing(value: unknown, known: { has: (id: string) => boolean } | undefined): boolean {
  return known !== undefined && typeof value === "string" && value !== "" && !known.has(value);
}

function someMissing(
  values: unknown,
  known: ReadonlySet<string> | undefined,
  one: string,
  many = `${one}s`,
): readonly string[] {
  const gone = Array.isArray(values) ? values.filter((id) => isMissing(id, known)).length : 0;
  if (gone === 0) return [];
  return [`${gone === 1 ? `one ${one} does` : `${gone} ${many} do`} not exist any more.`];
}

/** The fields that a called workflow needs, and that no row gives it anything for. */
export function missingInputs(
  { inputs }: Pick<CalledWorkflow, "inputs">,
  rows: readonly RawConfig[],
): CalledWorkflow["inputs"] {
  const given = rows.filter((row) => textOf(row, "value").trim() !== "").map((row) => textOf(row, "key"));
  return inputs.filter(
    (field) => field.required && field.default === undefined && !given.includes(field.key),
  );
}

/** A call of a workflow: that it can be called, and that its input fields are given. */
function checkCall(node: GraphNode, slot: Slot, context: CheckContext): readonly Issue[] {
  const called = context.called?.(node.config);
  if (!called) return [];
  if ("problem" in called) {
    return [configIssue(node, called.code, slot.field, `${slot.label}: ${called.problem}`)];
  }
  const asleep = `${slot.label}: “${called.name}” is inactive. Activate it, or choose another workflow.`;
  const inactive = called.isActive ? [] : [configIssue(node, "workflow_inactive", slot.field, asleep)];
  const inputs = rowsOf(node.config, "inputs");
  const rows = inputs.map((row) => textOf(row, "key"));
  const known = called.inputs.map(({ key }) => key);
  const unknown = rows.flatMap((key, index) => {
    if (key === "" || known.includes(key)) return [];
    const has = known.join(", ") || "none";
    const message = `Input ${index + 1}, Field: “${called.name}” takes no “${key}” (it takes: ${has}).`;
    return [configIssue(node, "unknown_input", `inputs.${index}.key`, message)];
  });
  const missing = missingInputs(called, inputs).map(({ key, label }) => {
    const id = label === key ? "" : ` (${key})`;
    return configIssue(node, "missing_input", "inputs", `Inputs: “${called.name}” needs “${label}”${id}.`);
  });
  return [...inactive, ...unknown, ...missing];
}
