import type { GraphNode, Issue } from "@/lib/workflows/graph";
import { type JsonObject, jsonText, parseJsonObject, shownJson, typedJson } from "./json-text";
import type { EditorState, JsonField, TypedField } from "./state-types";

const NOTHING: JsonObject = {};

const CALLED: Readonly<Record<JsonField, string>> = {
  pin: "pinned output",
  defaultOutput: "default output",
};

/** What a node has in a field that is written as JSON. */
function jsonOf(node: GraphNode, field: JsonField): JsonObject | undefined {
  return field === "pin" ? node.pin : node.policy?.defaultOutput;
}

function keyOf(nodeId: string, field: JsonField): string {
  return `${nodeId}:${field}`;
}

/** The text that a field of a node shows: as it was typed, until something else changes its value. */
export function shownText({ typed }: EditorState, node: GraphNode, field: JsonField): string {
  const value = jsonOf(node, field) ?? NOTHING;
  const own = typed.get(keyOf(node.id, field));
  return own ? shownJson(own.typed, value) : jsonText(value);
}

/** What was typed so far, and this as the newest: a text that cannot be read waits here to be finished. */
export function withTyped(
  { typed }: EditorState,
  node: GraphNode,
  field: JsonField,
  text: string,
): EditorState["typed"] {
  const value = jsonOf(node, field) ?? NOTHING;
  const own: TypedField = { nodeId: node.id, field, typed: typedJson(text, value) };
  return new Map(typed).set(keyOf(node.id, field), own);
}

/** The texts that were left half written: what the field had before them holds until they can be read. */
export function unreadIssues(state: Pick<EditorState, "graph" | "typed">): Issue[] {
  return [...state.typed.values()].flatMap(({ nodeId, field, typed }) => {
    const node = state.graph.nodes.find(({ id }) => id === nodeId);
    const value = node && jsonOf(node, field);
    if (!value || parseJsonObject(shownJson(typed, value)).ok) return [];
    const message = `“${node.name}”: the ${CALLED[field]} cannot be read. What it was before still counts.`;
    return [{ level: "config", code: "unread_json", nodeId, field, message }];
  });
}
