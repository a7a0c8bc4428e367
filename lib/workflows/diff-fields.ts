import { type FieldChange, fieldChange } from "@/lib/changes/field";
import type { GraphNode } from "./graph";
import { type FormField, isRecord, type RawConfig, rowsOf, textOf } from "./kind";
import { findKind } from "./nodes";

/** What ids in a config are called: of agents, documents, workflows, versions and people. */
export type Names = Readonly<Record<string, string>>;

/** The settings, the policy and the pinned output that differ between two states of a node. */
export function fieldChanges(before: GraphNode, after: GraphNode, names: Names): readonly FieldChange[] {
  const form = findKind(after.kind)?.form ?? [];
  return [
    ...formChanges(form, before.config, after.config, names, ""),
    ...otherChanges(form, before.config, after.config),
    ...policyChanges(before.policy, after.policy),
    ...fieldChange("Pinned output", shown(before.pin), shown(after.pin)),
  ];
}

function formChanges(
  form: readonly FormField[],
  before: RawConfig,
  after: RawConfig,
  names: Names,
  prefix: string,
): readonly FieldChange[] {
  return form.flatMap((field) => {
    const label = `${prefix}${field.label}`;
    if (field.type === "rows") {
      return rowChanges(field, rowsOf(before, field.name), rowsOf(after, field.name), names, label);
    }
    return fieldChange(
      label,
      shownAs(field, before[field.name], names),
      shownAs(field, after[field.name], names),
    );
  });
}

/** What a kind keeps beside its form. */
function otherChanges(
  form: readonly FormField[],
  before: RawConfig,
  after: RawConfig,
): readonly FieldChange[] {
  const known = new Set(form.map((field) => field.name));
  const rest = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !known.has(name),
  );
  return rest.flatMap((name) => fieldChange(name, shown(before[name]), shown(after[name])));
}

type RowsField = Extract<FormField, { type: "rows" }>;

/** Rows are the same when they have the same key, or stand in the same place where rows have none. */
function rowChanges(
  field: RowsField,
  before: readonly RawConfig[],
  after: readonly RawConfig[],
  names: Names,
  label: string,
): readonly FieldChange[] {
  const idOf = (row: RawConfig, index: number) => textOf(row, "key") || `#${index + 1}`;
  const old = new Map(before.map((row, index) => [idOf(row, index), row]));
  const now = new Map(after.map((row, index) => [idOf(row, index), row]));
  const titled = (id: string) => `${label}: ${id.startsWith("#") ? id.slice(1) : id}`;
  const summary = (row: RawConfig) =>
    field.row
      .map((inner) => shownAs(inner, row[inner.name], names))
      .filter((text) => text !== null && text !== "")
      .join(", ");
  const gone = [...old].filter(([id]) => !now.has(id));
  const moved = orderOf(old, now) !== orderOf(now, old);
  return [
    ...[...now].flatMap(([id, row]) => {
      const was = old.get(id);
      if (!was) return [{ label: titled(id), before: null, after: summary(row) }];
      return formChanges(field.row, was, row, names, `${titled(id)}, `);
    }),
    ...gone.map(([id, row]) => ({ label: titled(id), before: summary(row), after: null })),
    ...(moved ? fieldChange(`${label}: order`, orderOf(old, now), orderOf(now, old)) : []),
  ];
}

/** The rows that both have, in the order of the first. */
function orderOf(rows: ReadonlyMap<string, RawConfig>, other: ReadonlyMap<string, RawConfig>): string {
  return [...rows.keys()].filter((id) => other.has(id)).join(", ");
}

type Policy = GraphNode["policy"];

function policyChanges(before: Policy, after: Policy): readonly FieldChange[] {
  const read = (policy: Policy) => ({
    Timeout: policy?.timeoutMs === undefined ? null : `${policy.timeoutMs / 1000} s`,
    Attempts: shown(policy?.retry?.attempts),
    "Waits between attempts": policy?.retry
      ? `${policy.retry.firstWaitMs / 1000} s, ${policy.retry.backoff === "fixed" ? "always" : "growing"}`
      : null,
    "On failure": policy?.onError ? ON_ERROR[policy.onError] : null,
    "Output on failure": shown(policy?.defaultOutput),
  });
  const [old, now] = [read(before), read(after)];
  const labels = Object.keys(now) as (keyof typeof now)[];
  return labels.flatMap((label) => fieldChange(label, old[label], now[label]));
}

const ON_ERROR = {
  fail: "The run fails",
  default: "Go on with a default output",
  branch: "Leave by the error branch",
} as const;

/** A value of a form's field as a person reads it; null when it was never given. */
function shownAs(field: FormField, value: unknown, names: Names): string | null {
  const named = (item: unknown) => (typeof item === "string" ? (names[item] ?? item) : shown(item));
  switch (field.type) {
    case "boolean":
      return value === undefined ? null : value === true ? "Yes" : "No";
    case "seconds":
      return typeof value === "number" ? String(value / 1000) : shown(value);
    case "choice":
      return field.options.find((option) => option.value === value)?.label ?? shown(value);
    case "agent":
    case "workflow":
    case "workflow_version":
    case "documents":
    case "people":
    case "credential":
      return Array.isArray(value) ? value.map(named).join(", ") : value === undefined ? null : named(value);
    default:
      return Array.isArray(value) && !value.some(isRecord) ? value.map(String).join("\n") : shown(value);
  }
}

function shown(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === "string" ? value : JSON.stringify(value, null, typeof value === "object" ? 2 : 0);
}
