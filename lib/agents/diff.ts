import { PARAMETER_LABELS } from "@/lib/ai/parameters";
import { type FieldChange, fieldChange } from "@/lib/changes/field";
import type { LlmConfig } from "./input";
import { KNOWLEDGE_LABELS, TOOL_LABELS } from "./words";

/** What a version keeps of an agent. */
export type VersionContent = {
  readonly name: string;
  readonly role: string;
  readonly llmConfig: LlmConfig;
};

/** What models, by their keys, and documents, by their ids, are called. */
export type ReachNames = {
  readonly models: Readonly<Record<string, string>>;
  readonly documents: Readonly<Record<string, string>>;
};

/** What differs between two versions of an agent, in the order of its form. */
export function agentChanges(
  before: VersionContent,
  after: VersionContent,
  names: ReachNames,
): readonly FieldChange[] {
  const [old, now] = [settingsOf(before, names), settingsOf(after, names)];
  return old.flatMap(([label, was], index) => fieldChange(label, was, now[index]?.[1] ?? null));
}

type Setting = readonly [label: string, shown: string | null];

function settingsOf({ name, role, llmConfig }: VersionContent, names: ReachNames): readonly Setting[] {
  const { modelKey, parameters, tools, allowedHosts, knowledge } = llmConfig;
  return [
    ["Name", name],
    ["Role", role],
    ["Model", names.models[modelKey] ?? modelKey],
    ...PARAMETER_LABELS.map(({ name: parameter, label }): Setting => {
      const value = parameters[parameter];
      return [label, value === undefined ? null : String(value)];
    }),
    ["Documents", documentsText(knowledge, names.documents)],
    ["Passages for each question", knowledge.mode === "none" ? null : String(knowledge.topK)],
    ["Tools", listed(tools.map((tool) => TOOL_LABELS[tool]))],
    ["Hosts it may read", tools.includes("http_get") ? listed(allowedHosts) : null],
  ];
}

function documentsText(
  { mode, documentIds }: LlmConfig["knowledge"],
  names: ReachNames["documents"],
): string {
  if (mode !== "selected") return KNOWLEDGE_LABELS[mode];
  return documentIds
    .map((id) => names[id] ?? "A document that was deleted")
    .toSorted()
    .join("\n");
}

/** One a line; the order in which they were ticked means nothing. */
function listed(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.toSorted().join("\n");
}
