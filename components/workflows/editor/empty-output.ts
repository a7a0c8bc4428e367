import type { GraphNode } from "@/lib/workflows/graph";
import type { OutputField } from "@/lib/workflows/kind";
import { findKind } from "@/lib/workflows/nodes";

const EMPTY: Readonly<Record<OutputField["type"], () => NonNullable<GraphNode["pin"]>[string]>> = {
  text: () => "",
  number: () => 0,
  boolean: () => false,
  list: () => [],
  object: () => ({}),
  any: () => null,
};

/** A starting point with every field the nodes after it may ask for, each of its own kind. */
export function emptyOutput(node: GraphNode): NonNullable<GraphNode["pin"]> {
  const fields = (findKind(node.kind)?.outputs(node.config) ?? []).filter(({ key }) => key);
  return Object.fromEntries(fields.map(({ key, type }) => [key, EMPTY[type]()]));
}
