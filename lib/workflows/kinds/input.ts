import { z } from "zod";
import { defineKind, type FormField, type OutputField, rowsOf, singlePort, textOf } from "../kind";
import { fieldKey, uniqueKeys } from "./shared";

export const INPUT_FIELD_TYPES = ["text", "long_text", "number", "boolean", "choice"] as const;

/** The most characters of a field that is filled in with text. */
export const MOST_CHARACTERS = { text: 2_000, long_text: 500_000 } as const;

export const inputField = z
  .strictObject({
    key: fieldKey,
    label: z.string().trim().min(1, "Give the field a label.").max(120),
    type: z.enum(INPUT_FIELD_TYPES),
    required: z.boolean(),
    options: z.array(z.string().trim().min(1).max(200)).max(100).optional(),
    default: z.union([z.string().max(10_000), z.number(), z.boolean()]).optional(),
  })
  .superRefine((field, ctx) => {
    if (field.type === "choice" && !field.options?.length) {
      ctx.addIssue({ code: "custom", path: ["options"], message: "List the choices." });
    }
    if (field.default !== undefined && !fits(field.type, field.default, field.options)) {
      ctx.addIssue({ code: "custom", path: ["default"], message: NO_DEFAULT[field.type] });
    }
  });

/** What a default is told that its field cannot take. */
const NO_DEFAULT: Readonly<Record<(typeof INPUT_FIELD_TYPES)[number], string>> = {
  text: "Write a text.",
  long_text: "Write a text.",
  number: "Write a number, such as 12.5.",
  boolean: "Choose yes or no.",
  choice: "Take one of the choices.",
};

/** The editor writes every default as text; what starts a run reads it by the field's type. */
function fits(
  type: string,
  value: string | number | boolean,
  options: readonly string[] | undefined,
): boolean {
  if (type === "number") return String(value).trim() !== "" && Number.isFinite(Number(value));
  if (type === "boolean") return ["true", "false"].includes(String(value));
  if (type === "choice") return options?.includes(String(value)) ?? false;
  return typeof value === "string";
}

export type InputField = z.infer<typeof inputField>;

const inputConfig = z.strictObject({
  fields: z.array(inputField).max(50).superRefine(uniqueKeys),
});

const OUTPUT_TYPE: Readonly<Record<string, OutputField["type"]>> = { number: "number", boolean: "boolean" };

/** The form of one field that people fill in. */
export function inputFieldRows(keyHelp: string, whoFills: string): readonly FormField[] {
  return [
    { name: "label", label: "Label", type: "text" },
    { name: "key", label: "Key", type: "text", help: keyHelp },
    {
      name: "type",
      label: "Type",
      type: "choice",
      options: [
        { value: "text", label: "Text" },
        { value: "long_text", label: "Long text" },
        { value: "number", label: "Number" },
        { value: "boolean", label: "Yes or no" },
        { value: "choice", label: "Choice" },
      ],
    },
    { name: "required", label: "Required", type: "boolean" },
    {
      name: "options",
      label: "Choices",
      type: "list",
      items: "text",
      help: "For the type Choice. One a line.",
    },
    {
      name: "default",
      label: "Default",
      type: "text",
      help: `Filled in for ${whoFills}.`,
    },
  ];
}

/** Where a run starts: its fields are the run's form and the schema of the run's input. */
export const inputKind = defineKind({
  kind: "input",
  label: "Input",
  description: "What a run is given. Its fields become the form people fill in to start one.",
  icon: "log-in",
  group: "flow",
  config: inputConfig,
  defaults: { fields: [{ key: "text", label: "Text", type: "long_text", required: true }] },
  form: [
    {
      name: "fields",
      label: "Fields",
      type: "rows",
      addLabel: "Add field",
      item: { key: "", label: "", type: "text", required: true },
      row: inputFieldRows("The name used in templates: input.key", "the person who starts a run"),
    },
  ],
  ports: singlePort,
  acceptsEdges: false,
  outputs: (config) =>
    rowsOf(config, "fields").map((row) => ({
      key: textOf(row, "key"),
      label: textOf(row, "label"),
      type: OUTPUT_TYPE[textOf(row, "type")] ?? "text",
    })),
});
