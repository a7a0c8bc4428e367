import { expressionReferences } from "@/lib/workflows/condition";
import type { GraphNode } from "@/lib/workflows/graph";
import { findKind } from "@/lib/workflows/nodes";
import { slotsOf } from "@/lib/workflows/slots";
import { type Reference, templateReferences } from "@/lib/workflows/template";

/** A change of one text, given what it refers to from its end to its start: so the places before stay where they are. */
export type Rewrite = (text: string, references: readonly Reference[]) => string;

/** The config of a node with each of its templates and expressions rewritten; the same one when none changes. */
export function rewriteTexts(node: GraphNode, rewrite: Rewrite): GraphNode["config"] {
  const kind = findKind(node.kind);
  const config = structuredClone(node.config);
  let isChanged = false;
  for (const { type, field, value } of kind ? slotsOf(kind, config) : []) {
    if (typeof value !== "string" || (type !== "template" && type !== "expression")) continue;
    const references = type === "template" ? templateReferences(value) : expressionReferences(value);
    const text = rewrite(
      value,
      [...references].sort((one, other) => other.start - one.start),
    );
    if (text === value) continue;
    isChanged = true;
    put(config, field, text);
  }
  return isChanged ? config : node.config;
}

/** Writes a text at a dot path that is there. */
function put(config: GraphNode["config"], field: string, text: string): void {
  const path = field.split(".");
  const last = path.pop() ?? "";
  const holder = path.reduce<unknown>(
    (inside, key) => (typeof inside === "object" && inside !== null ? Reflect.get(inside, key) : null),
    config,
  );
  if (typeof holder === "object" && holder !== null) Reflect.set(holder, last, text);
}
