import type { ComponentType } from "react";
import type { FormField, RawConfig } from "@/lib/workflows/kind";

export type FieldOf<Type extends FormField["type"]> = Extract<FormField, { type: Type }>;

/** What every control of a node's form gets. */
export type FieldProps<Type extends FormField["type"] = FormField["type"]> = {
  readonly field: FieldOf<Type>;
  readonly nodeId: string;
  /** Dot path inside the config, for messages and history. */
  readonly path: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
  readonly disabled: boolean;
};

/** Shows one field inside a row of fields. */
export type InnerField = ComponentType<
  Omit<FieldProps, "value" | "field"> & { readonly field: FormField; readonly config: RawConfig }
>;

export function asText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : "";
}

/** The sentence of a message without the node, field and place, which are seen here anyway. */
export function withoutPlace(message: string, label: string): string {
  const sentence = message
    .replace(/^“[^”]*”: /, "")
    .replace(new RegExp(`^.*?${label}: `), "")
    .replace(/ \(line \d+, column \d+\)$/, "");
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
