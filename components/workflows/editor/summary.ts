import type { GraphNode } from "@/lib/workflows/graph";
import { type RawConfig, rowsOf, textOf } from "@/lib/workflows/kind";
import { findKind } from "@/lib/workflows/nodes";
import type { EditorResources } from "./types";

/** What a node does, in a few words for its card. */
export function summaryOf(node: GraphNode, resources: EditorResources): string {
  const { config } = node;
  switch (node.kind) {
    case "agent":
      return resources.agents.find(({ id }) => id === config.agentId)?.name ?? "No agent chosen";
    case "llm":
      return (
        resources.models.find(({ modelKey }) => modelKey === config.modelKey)?.modelName ?? "No model chosen"
      );
    case "retrieve":
      return documentsText(config.documentIds);
    case "condition":
      return (
        rowsOf(config, "rules")
          .map((row) => textOf(row, "expression"))
          .filter(Boolean)
          .join(config.match === "any" ? " or " : " and ") || "No rule yet"
      );
    case "http":
      return `${textOf(config, "method")} ${textOf(config, "url") || "no URL yet"}`;
    case "classify":
      return labelsText(config, "categories");
    case "switch":
      return labelsText(config, "cases");
    case "map":
      return textOf(config, "items") || "No list yet";
    case "loop":
      return textOf(config, "until") ? `Until ${textOf(config, "until")}` : "No condition yet";
    case "wait":
      return waitText(config);
    case "approval":
      return textOf(config, "title") || "No title yet";
    case "workflow":
      return resources.workflows.find(({ id }) => id === config.workflowId)?.name ?? "No workflow chosen";
    case "note":
      return textOf(config, "text") || "Empty";
    case "merge":
      return config.mode === "first" ? "The first branch that ran" : "Every branch";
    default:
      return keysText(
        rowsOf(config, "fields")
          .map((row) => textOf(row, "key"))
          .filter(Boolean),
        node.kind,
      );
  }
}

function labelsText(config: RawConfig, field: string): string {
  const labels = rowsOf(config, field).map((row) => textOf(row, "label"));
  return labels.filter(Boolean).join(", ") || "None yet";
}

function waitText(config: RawConfig): string {
  if (config.mode === "until")
    return textOf(config, "until") ? `Until ${textOf(config, "until")}` : "No time yet";
  const unit = textOf(config, "unit");
  return `${config.amount ?? "?"} ${config.amount === 1 ? unit.replace(/s$/, "") : unit}`;
}

function documentsText(documentIds: unknown): string {
  const count = Array.isArray(documentIds) ? documentIds.length : 0;
  if (count === 0) return "All documents";
  return count === 1 ? "1 document" : `${count} documents`;
}

function keysText(keys: readonly string[], kind: string): string {
  if (keys.length > 0) return keys.join(", ");
  return kind === "input" ? "No fields: runs start empty" : (findKind(kind)?.label ?? kind);
}
