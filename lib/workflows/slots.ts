import { type FormField, type NodeKind, type RawConfig, rowsOf } from "./kind";

/** One place in a node's config that holds a text, an expression or a reference. */
export type Slot = {
  /** Dot path inside the config, e.g. `fields.0.value`. */
  readonly field: string;
  readonly label: string;
  readonly type: "template" | "expression" | "agent" | "model" | "documents";
  readonly result: "any" | "boolean";
  readonly value: unknown;
};

/** Every slot of a config, found by the kind's form. A draft may hold anything in them. */
export function slotsOf(kind: NodeKind, config: RawConfig): readonly Slot[] {
  return kind.form.flatMap((field) => fieldSlots(field, config, ""));
}

function fieldSlots(field: FormField, config: RawConfig, prefix: string): readonly Slot[] {
  const path = `${prefix}${field.name}`;
  if (field.type === "rows") {
    return rowsOf(config, field.name).flatMap((row, index) =>
      field.row.flatMap((inner) => fieldSlots(inner, row, `${path}.${index}.`)),
    );
  }
  const slot = { field: path, label: field.label, value: config[field.name] };
  switch (field.type) {
    case "template":
    case "agent":
    case "model":
    case "documents":
      return [{ ...slot, type: field.type, result: "any" }];
    case "expression":
      return [{ ...slot, type: "expression", result: field.result ?? "any" }];
    case "value":
      return [{ ...slot, type: config.mode === "expression" ? "expression" : "template", result: "any" }];
    default:
      return [];
  }
}
