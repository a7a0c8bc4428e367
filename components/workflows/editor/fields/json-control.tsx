"use client";

import { FieldErrorList } from "@/components/shared/form-field";
import type { GraphNode } from "@/lib/workflows/graph";
import { CodeField } from "../code/code-field";
import { useEditor } from "../context";
import { parseJsonObject } from "../json-text";
import type { JsonField } from "../state-types";
import { shownText } from "../typed-fields";

const NO_WORDS: readonly never[] = [];

function problemsOf(text: string) {
  const parsed = parseJsonObject(text);
  return parsed.ok ? [] : [parsed.problem];
}

/** A part of a node as JSON. What is typed stays as typed, also when one comes back to it; what can be read holds. */
export function JsonControl({
  node,
  field,
  disabled,
  label,
}: {
  node: GraphNode;
  field: JsonField;
  disabled: boolean;
  label?: string;
}) {
  const { state, dispatch } = useEditor();
  const text = shownText(state, node, field);
  const parsed = parseJsonObject(text);
  return (
    <>
      <CodeField
        language="json"
        value={text}
        onChange={(next) => dispatch({ type: "type_json", nodeId: node.id, field, text: next })}
        rows={4}
        placeholder="{ }"
        disabled={disabled}
        words={NO_WORDS}
        problems={problemsOf}
        {...(label ? { label } : {})}
      />
      <FieldErrorList
        id={`${node.id}-${field}-json`}
        errors={parsed.ok ? [] : [placed(text, parsed.problem)]}
      />
    </>
  );
}

function placed(text: string, { message, start }: { message: string; start: number }): string {
  if (start === 0) return message;
  const before = text.slice(0, start).split("\n");
  return `${message.replace(/\.$/, "")}: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}
