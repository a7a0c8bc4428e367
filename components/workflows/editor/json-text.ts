import { z } from "zod";
import type { TextProblem } from "@/lib/workflows/template";

export type JsonObject = Record<string, z.core.util.JSONType>;

export type ParsedJson = { ok: true; value: JsonObject } | { ok: false; problem: TextProblem };

const jsonObject = z.record(z.string(), z.json());

const NO_OBJECT = 'Write an object with fields, such as { "text": "…" }.';

/** Reads a text as an object, as a node gives; else what is wrong and where, as far as the browser says. */
export function parseJsonObject(text: string): ParsedJson {
  const fail = (message: string, start = 0, end = text.length): ParsedJson => ({
    ok: false,
    problem: { message, start, end },
  });
  try {
    const parsed = jsonObject.safeParse(JSON.parse(text));
    return parsed.success ? { ok: true, value: parsed.data as JsonObject } : fail(NO_OBJECT);
  } catch (error) {
    // Whoever writes plain words does not know what is asked for.
    if (!text.trimStart().startsWith("{")) return fail(NO_OBJECT);
    const message = error instanceof Error ? error.message : "";
    const at = offsetIn(text, message);
    return at === null ? fail("This is not valid JSON.") : fail("This is not valid JSON.", at, at + 1);
  }
}

/** Engines name the place as an offset, or as a line and a column. */
function offsetIn(text: string, message: string): number | null {
  const offset = /position (\d+)/.exec(message)?.[1];
  if (offset !== undefined) return Number(offset);
  const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
  if (line !== undefined && column !== undefined) {
    const before = text.split("\n").slice(0, Number(line) - 1);
    return before.reduce((sum, row) => sum + row.length + 1, 0) + Number(column) - 1;
  }
  return /end of JSON/i.test(message) ? text.length : null;
}

export function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) ?? "";
}

/** A text as it is being typed, and the value it was typed for, as text. */
export type TypedJson = { readonly text: string; readonly base: string };

/** What is typed, while the field's value is `value`: a text that can be read becomes the value itself. */
export function typedJson(text: string, value: JsonObject): TypedJson {
  const read = parseJsonObject(text);
  return { text, base: jsonText(read.ok ? read.value : value) };
}

/** The text to show: what was typed, unless the value was changed since, by undo or another pin. */
export function shownJson(typed: TypedJson, value: JsonObject): string {
  const current = jsonText(value);
  return typed.base === current ? typed.text : current;
}
