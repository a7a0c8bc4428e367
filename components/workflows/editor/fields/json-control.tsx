"use client";

import { useState } from "react";
import { FieldErrorList } from "@/components/shared/form-field";
import { CodeField } from "../code/code-field";
import { type JsonObject, jsonText, parseJsonObject } from "../json-text";

const NO_WORDS: readonly never[] = [];

function problemsOf(text: string) {
  const parsed = parseJsonObject(text);
  return parsed.ok ? [] : [parsed.problem];
}

/** An object as JSON. What is typed stays as typed; the value changes with each text that can be read. */
export function JsonControl({
  id,
  value,
  onChange,
  disabled,
  label,
}: {
  id: string;
  value: JsonObject | undefined;
  onChange: (value: JsonObject) => void;
  disabled: boolean;
  label?: string;
}) {
  const [text, setText] = useState(() => jsonText(value ?? {}));
  const parsed = parseJsonObject(text);
  // Changed from outside, by undo or another pin: what was typed no longer says what the value is.
  const isCurrent = !parsed.ok || jsonText(parsed.value) === jsonText(value ?? {});
  return (
    <>
      <CodeField
        language="json"
        value={isCurrent ? text : jsonText(value ?? {})}
        onChange={(typed) => {
          setText(typed);
          const read = parseJsonObject(typed);
          if (read.ok) onChange(read.value);
        }}
        rows={4}
        placeholder="{ }"
        disabled={disabled}
        words={NO_WORDS}
        problems={problemsOf}
        {...(label ? { label } : {})}
      />
      <FieldErrorList id={`${id}-json`} errors={parsed.ok ? [] : [placed(text, parsed.problem)]} />
    </>
  );
}

function placed(text: string, { message, start }: { message: string; start: number }): string {
  if (start === 0) return message;
  const before = text.slice(0, start).split("\n");
  return `${message.replace(/\.$/, "")}: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.`;
}
