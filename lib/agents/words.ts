import type { AgentKnowledge, ToolName } from "./input";

export const TOOL_LABELS: Readonly<Record<ToolName, string>> = {
  knowledge_search: "Search documents",
  http_get: "Read web pages",
  calculator: "Calculator",
  current_date: "Date and time",
};

/** What a tool is called; one that is not ours any more by its own name. */
export function toolLabel(name: string): string {
  return Object.entries(TOOL_LABELS).find(([tool]) => tool === name)?.[1] ?? name;
}

/** What an agent may read. */
export const KNOWLEDGE_LABELS: Readonly<Record<AgentKnowledge["mode"], string>> = {
  none: "None",
  all: "All documents",
  selected: "Selected documents",
};
