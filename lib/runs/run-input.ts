import type { FieldErrors } from "@/lib/errors";
import { type InputField, MOST_CHARACTERS } from "@/lib/workflows/kinds/input";

export type RunInputResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly fields: FieldErrors };

/**
 * Checks a run's input against the fields of the workflow's input node. Forms send numbers and choices as text, so
 * these are read from text too; what is left out takes the field's default. Unknown fields are refused.
 * @param hasNone says that whatever asks has no such field
 */
export function checkRunInput(
  fields: readonly InputField[],
  given: Readonly<Record<string, unknown>>,
  hasNone = "The workflow has no input field",
): RunInputResult {
  const problems: Record<string, string[]> = {};
  const value: Record<string, unknown> = {};
  const known = new Set(fields.map((field) => field.key));
  for (const key of Object.keys(given)) {
    if (!known.has(key)) problems[`input.${key}`] = [`${hasNone} “${key}”.`];
  }
  for (const field of fields) {
    const raw = Object.hasOwn(given, field.key) ? given[field.key] : undefined;
    const result = readField(field, raw ?? field.default);
    if (typeof result === "object") value[field.key] = result.value;
    else problems[`input.${field.key}`] = [result];
  }
  return Object.keys(problems).length > 0 ? { ok: false, fields: problems } : { ok: true, value };
}

/** The value, or a sentence that says what is wrong. */
function readField(field: InputField, raw: unknown): { value: unknown } | string {
  if (raw === undefined || raw === null || (typeof raw === "string" && raw.trim() === "")) {
    if (field.type === "boolean") return { value: false };
    return field.required ? `Fill in “${field.label}”.` : { value: null };
  }
  switch (field.type) {
    case "number":
      return readNumber(field, raw);
    case "boolean":
      return readBoolean(field, raw);
    case "choice":
      return field.options?.includes(String(raw))
        ? { value: String(raw) }
        : `“${field.label}” must be one of: ${(field.options ?? []).join(", ")}.`;
    case "text":
    case "long_text":
      return readText(field, raw, MOST_CHARACTERS[field.type]);
  }
}

function readText(field: InputField, raw: unknown, most: number): { value: unknown } | string {
  if (typeof raw !== "string") return `“${field.label}” must be text.`;
  if (raw.length > most)
    return `“${field.label}” has at most ${most.toLocaleString("en-US")} characters; this has ${raw.length.toLocaleString("en-US")}.`;
  return { value: raw };
}

function readNumber(field: InputField, raw: unknown): { value: unknown } | string {
  const number = typeof raw === "string" ? Number(raw.trim()) : raw;
  const isNumber = typeof number === "number" && Number.isFinite(number) && String(raw).trim() !== "";
  if (!isNumber) return `“${field.label}” must be a number.`;
  // Another number would go on in its place.
  if (Math.abs(number) > Number.MAX_SAFE_INTEGER)
    return `“${field.label}” has more digits than a number keeps. A field for text keeps them all.`;
  return { value: number };
}

function readBoolean(field: InputField, raw: unknown): { value: unknown } | string {
  if (typeof raw === "boolean") return { value: raw };
  if (raw === "true" || raw === "on") return { value: true };
  if (raw === "false" || raw === "off") return { value: false };
  return `“${field.label}” must be yes or no.`;
}
