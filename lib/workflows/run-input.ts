import { findInputNode, type Graph } from "./graph";
import { rowsOf } from "./kind";
import { type InputField, inputField, MOST_CHARACTERS } from "./kinds/input";

/** The fields a run of this graph asks for. Fields of an unfinished draft that are not complete are left out. */
export function runInputFields(graph: Graph): readonly InputField[] {
  const node = findInputNode(graph);
  if (!node) return [];
  return rowsOf(node.config, "fields").flatMap((row) => {
    const parsed = inputField.safeParse(row);
    return parsed.success ? [parsed.data] : [];
  });
}

const JSON_TYPES = {
  text: "string",
  long_text: "string",
  number: "number",
  boolean: "boolean",
  choice: "string",
} as const;

const NOT_BLANK = "\\S";

/** What a field is filled in with for who says nothing, as JSON: the editor writes every default as text. */
export function defaultOf({ type, default: written }: InputField): string | number | boolean | undefined {
  if (written === undefined) return undefined;
  if (type === "number") return Number(written);
  return type === "boolean" ? String(written) === "true" : String(written);
}

function boundsOf({ type, required, options }: InputField): Readonly<Record<string, unknown>> {
  if (type === "choice") return { enum: options };
  if (type === "number") return { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };
  if (type === "boolean") return {};
  return { maxLength: MOST_CHARACTERS[type], ...(required ? { pattern: NOT_BLANK } : {}) };
}

/** The JSON Schema of a run's input, for the API's reference and for callers: what fits it is taken. */
export function runInputJsonSchema(graph: Graph): Readonly<Record<string, unknown>> {
  const fields = runInputFields(graph);
  const properties = fields.map((field) => {
    const written = defaultOf(field);
    return [
      field.key,
      {
        type: JSON_TYPES[field.type],
        title: field.label,
        ...boundsOf(field),
        ...(written === undefined ? {} : { default: written }),
      },
    ];
  });
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: fields
      .filter((field) => field.required && field.default === undefined)
      .map((field) => field.key),
    additionalProperties: false,
  };
}
