"use client";

import { useState } from "react";
import { FieldErrorList } from "@/components/shared/form-field";
import { CodeField } from "../code/code-field";
import { type JsonObject, jsonText, parseJsonObject, shownJson, typedJson } from "../json-text";

const NO_WORDS: readonly never[] = [];
const EMPTY: JsonObject = {};

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
  const current = value ?? EMPTY;
  const [typed, setTyped] = useState(() => typedJson(jsonText(current), current));
  const text = shownJson(typed, current);
  const parsed = parseJsonObject(text);
  return (
    <>
      <CodeField
        language="json"
        value={text}
        onChange={(next) => {
          setTyped(typedJson(next, current));
          const read = parseJsonObject(next);
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
