import { z } from "zod";
import { type Port, type RawConfig, rowsOf, textOf } from "../kind";

/** The longest template, expression or prompt a node may hold, in characters. */
export const MAX_TEXT = 20_000;

export const templateText = z.string().max(MAX_TEXT);
export const requiredTemplate = templateText.refine((text) => text.trim() !== "", "Write something here.");
export const requiredExpression = z
  .string()
  .max(2_000, "An expression has at most 2,000 characters.")
  .refine((text) => text.trim() !== "", "Write an expression.");

/** Field keys are identifiers, so that templates and expressions can name them; never a prototype's name. */
export const fieldKey = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, "Use lower-case letters, digits and _, starting with a letter.")
  .refine((key) => key !== "constructor" && key !== "prototype", "This name is reserved.");

/** Refuses two rows with one key, naming the second. */
export function uniqueKeys<Row extends { key: string }>(rows: readonly Row[], ctx: z.RefinementCtx): void {
  const seen = new Set<string>();
  rows.forEach((row, index) => {
    if (seen.has(row.key)) {
      ctx.addIssue({ code: "custom", path: [index, "key"], message: `“${row.key}” is used twice.` });
    }
    seen.add(row.key);
  });
}

/** A branch a node may choose: its key is the port's id. */
export function branchKey(reserved: readonly string[]) {
  return fieldKey.refine(
    (key) => !reserved.includes(key),
    "This key is taken by one of the node's own ways out.",
  );
}

/** The ports of rows with a key and a label; rows of a draft that have no key of their own yet have none. */
export function branchPorts(config: RawConfig, field: string): readonly Port[] {
  const ports = new Map<string, Port>();
  for (const row of rowsOf(config, field)) {
    const id = textOf(row, "key");
    if (id !== "" && !ports.has(id)) ports.set(id, { id, label: textOf(row, "label") || id });
  }
  return [...ports.values()];
}

export const branchLabel = z.string().trim().min(1, "Give it a label.").max(120);

/** How a value is written: as text with templates in it, or as an expression. */
export const valueMode = z.enum(["template", "expression"]);

/** One named value, written as a text template or computed by an expression. */
const valueField = z.strictObject({
  key: fieldKey,
  mode: valueMode,
  value: requiredTemplate,
});

export const valueFields = z
  .array(valueField)
  .min(1, "Add at least one field.")
  .max(50)
  .superRefine(uniqueKeys);

export const VALUE_MODES = [
  { value: "template", label: "Text" },
  { value: "expression", label: "Expression" },
] as const;
