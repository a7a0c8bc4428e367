import {
  type BodyView,
  type FormField,
  isAsked,
  languageOf,
  type NodeKind,
  type RawConfig,
  rowName,
  rowsOf,
} from "./kind";

/** One place in a node's config that holds a text, an expression or a reference. */
export type Slot = {
  /** Dot path inside the config, e.g. `fields.0.value`. */
  readonly field: string;
  readonly label: string;
  readonly type:
    | "template"
    | "expression"
    | "agent"
    | "model"
    | "documents"
    | "workflow"
    | "people"
    | "credential";
  readonly result: "any" | "boolean";
  readonly value: unknown;
  /** What it sees of the body of the container it belongs to. */
  readonly sees: BodyView | null;
};

/** Every slot of a config, found by the kind's form. A draft may hold anything in them. */
export function slotsOf(kind: NodeKind, config: RawConfig): readonly Slot[] {
  return kind.form.flatMap((field) => fieldSlots(field, config, { path: "", label: "" }));
}

/** What stands before the path and the label of a field in a row. */
type Prefix = Readonly<Record<"path" | "label", string>>;

function fieldSlots(field: FormField, config: RawConfig, prefix: Prefix): readonly Slot[] {
  if (!isAsked(field, config)) return [];
  const path = `${prefix.path}${field.name}`;
  if (field.type === "rows") {
    return rowsOf(config, field.name).flatMap((row, index) => {
      const inRow = { path: `${path}.${index}.`, label: `${rowName(field, index)}, ` };
      return field.row.flatMap((inner) => fieldSlots(inner, row, inRow));
    });
  }
  const { sees = null } = field;
  const label = `${prefix.label}${field.label}`;
  const slot = { field: path, label, value: config[field.name], sees };
  switch (field.type) {
    case "template":
    case "agent":
    case "model":
    case "documents":
    case "workflow":
    case "people":
      return [{ ...slot, type: field.type, result: "any" }];
    case "credential":
      return slot.value ? [{ ...slot, type: "credential", result: "any" }] : [];
    case "expression":
      return [{ ...slot, type: "expression", result: field.result ?? "any" }];
    case "value":
      return [{ ...slot, type: languageOf(field, config), result: "any" }];
    default:
      return [];
  }
}
