import type { FieldErrors } from "@/lib/errors";
import { evaluateExpression, expressionReferences } from "@/lib/workflows/condition";
import { isRecord } from "@/lib/workflows/kind";
import type { InputField } from "@/lib/workflows/kinds/input";
import { buildScope } from "@/lib/workflows/scope";

/** A call as expressions see it. */
export type CallParts = {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
};

export type Mapping = {
  readonly mapping: "same_names" | "expressions";
  readonly fields: readonly { readonly key: string; readonly expression: string }[];
};

export type MappedInput =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly fields: FieldErrors };

/** What expressions of a webhook may start from. */
export const CALL_NAMES = ["body", "headers", "query"] as const;

/**
 * Makes a run's input of a call. By the same names: the fields of the body, or else of the query, that the workflow
 * asks for; a plain text fills the only text field there is. By expressions: each field's own, and what an optional one
 * does not find in the call is left out.
 */
export function mapCall(mapping: Mapping, inputFields: readonly InputField[], call: CallParts): MappedInput {
  return mapping.mapping === "expressions"
    ? byExpressions(mapping, inputFields, call)
    : { ok: true, value: bySameNames(inputFields, call) };
}

function bySameNames(inputFields: readonly InputField[], { body, query }: CallParts) {
  const value: Record<string, unknown> = {};
  for (const field of inputFields) {
    const source = [body, query].find((part) => isRecord(part) && Object.hasOwn(part, field.key));
    if (isRecord(source)) value[field.key] = shaped(field, source[field.key]);
  }
  const texts = inputFields.filter(isText);
  const [only] = texts;
  if (typeof body === "string" && only && texts.length === 1) value[only.key] ??= body;
  return value;
}

function byExpressions(
  { fields }: Mapping,
  inputFields: readonly InputField[],
  call: CallParts,
): MappedInput {
  const scope = buildScope(null, { ...call });
  const value: Record<string, unknown> = {};
  const problems: Record<string, string[]> = {};
  for (const { key, expression } of fields) {
    const field = inputFields.find((one) => one.key === key);
    if (!field || expression === "") continue;
    const result = evaluateExpression(expression, scope);
    if (result.ok) value[key] = shaped(field, result.value);
    else if (field.required || !result.isAbsent)
      problems[`input.${key}`] = [`“${expression}” gives nothing for this call: ${result.problem.message}`];
  }
  return Object.keys(problems).length > 0 ? { ok: false, fields: problems } : { ok: true, value };
}

function isText({ type }: InputField): boolean {
  return type === "text" || type === "long_text";
}

/** Senders write numbers and lists where the workflow reads text; everything else is checked as it is. */
function shaped(field: InputField, value: unknown): unknown {
  if (!isText(field) || typeof value === "string" || value === null || value === undefined) return value;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The first name of an expression that is none of a call's parts; null when all are. */
export function strangeName(expression: string): string | null {
  const names: readonly string[] = CALL_NAMES;
  const found = expressionReferences(expression).find(({ path }) => !names.includes(path[0] ?? ""));
  return found?.path[0] ?? null;
}

/** Expressions for everything in a sample that holds a value, such as `body.order.id`. */
export function pathsIn(call: CallParts, most = 200): string[] {
  const paths: string[] = [];
  const walk = (value: unknown, path: string, depth: number): void => {
    if (paths.length >= most) return;
    if (isRecord(value) && depth < 6) {
      for (const [key, item] of Object.entries(value)) walk(item, `${path}${step(key)}`, depth + 1);
      return;
    }
    paths.push(path);
    if (Array.isArray(value) && value.length > 0 && depth < 6) walk(value[0], `${path}[0]`, depth + 1);
  };
  for (const name of CALL_NAMES) if (isRecord(call[name]) || name === "body") walk(call[name], name, 0);
  return paths;
}

function step(key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
