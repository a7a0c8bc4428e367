import type { LlmConfig, ToolName } from "@/lib/agents/input";

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

/** What an agent may use, in a few words. */
export function describeReach({ tools, knowledge }: Pick<LlmConfig, "tools" | "knowledge">): string {
  const parts = tools.filter((tool) => tool !== "knowledge_search").map((tool) => TOOL_LABELS[tool]);
  if (knowledge.mode === "all") parts.unshift("All documents");
  if (knowledge.mode === "selected") {
    const count = knowledge.documentIds.length;
    parts.unshift(`${count} ${count === 1 ? "document" : "documents"}`);
  }
  return parts.length > 0 ? parts.join(", ") : "Its role only";
}
