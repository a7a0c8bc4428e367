import type { GraphNode } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";

/** The config of a node with another value in a field; undefined takes it away. A version goes with the workflow it is of. */
export function withField(node: GraphNode, field: string, value: unknown): GraphNode["config"] {
  const { [field]: _, ...rest } = node.config;
  if (value === undefined) return rest;
  const versions = (findKind(node.kind)?.form ?? []).filter(
    (other) => other.type === "workflow_version" && other.workflowField === field,
  );
  return {
    ...node.config,
    [field]: value as GraphNode["config"][string],
    ...Object.fromEntries(versions.map(({ name }) => [name, ""])),
  };
}
