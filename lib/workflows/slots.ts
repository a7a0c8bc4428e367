import {
  type BodyView,
  type FormField,
  isAsked,
  languageOf,
  type NodeKind,
  type RawConfig,
  rowsOf,
} from "./kind";

/** One place in a node's config that holds a text, an expression or a reference. */
export type Slot = {
  /** Dot path inside the config, e.g. `fields.0.value`. */
  readonly field: string;
  readonly label: string;
  readonly type: "template" | "expression" | "agent" | "model" | "documents" | "workflow" | "people";
  readonly result: "any" | "boolean";
  readonly value: unknown;
  /** What it sees of the body of the container it belongs to. */
  readonly sees: BodyView | null;
};

/** Every slot of a config, found by the kind's form. A draft may hold anything in them. */
export function slotsOf(kind: NodeKind, config: RawConfig): readonly Slot[] {
  return kind.form.flatMap((field) => fieldSlots(field, config, ""));
}

function fieldSlots(field: FormField, config: RawConfig, prefix: string): readonly Slot[] {
  if (!isAsked(field, config)) return [];
  const path = `${prefix}${field.name}`;
  if (field.type === "rows") {
    return rowsOf(config, field.name).flatMap((row, index) =>
      field.row.flatMap((inner) => fieldSlots(inner, row, `${path}.${index}.`)),
    );
  }
  const { label, sees = null } = field;
  const slot = { field: path, label, value: config[field.name], sees };
  switch (field.type) {
    case "template":
    case "agent":
    case "model":
    case "documents":
    case "workflow":
    case "people":
      return [{ ...slot, type: field.type, result: "any" }];
    case "expression":
      return [{ ...slot, type: "expression", result: field.result ?? "any" }];
    case "value":
      return [{ ...slot, type: languageOf(field, config), result: "any" }];
    default:
      return [];
  }
}
