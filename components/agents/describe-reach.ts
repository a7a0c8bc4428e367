import type { LlmConfig } from "@/lib/agents/input";
import { TOOL_LABELS } from "@/lib/agents/words";

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
