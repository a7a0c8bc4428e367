import { findInputNode, type Graph } from "./graph";
import { rowsOf } from "./kind";
import { type InputField, inputField } from "./kinds/input";

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

/** The JSON Schema of a run's input, for the API's reference and for callers. */
export function runInputJsonSchema(graph: Graph): Readonly<Record<string, unknown>> {
  const fields = runInputFields(graph);
  const properties = fields.map((field) => [
    field.key,
    {
      type: JSON_TYPES[field.type],
      title: field.label,
      ...(field.type === "choice" ? { enum: field.options } : {}),
      ...(field.default === undefined ? {} : { default: field.default }),
    },
  ]);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    required: fields
      .filter((field) => field.required && field.default === undefined)
      .map((field) => field.key),
    additionalProperties: false,
  };
}
