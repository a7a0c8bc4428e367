import { z } from "zod";

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

/** One named value, written as a text template or computed by an expression. */
export const valueField = z.strictObject({
  key: fieldKey,
  mode: z.enum(["template", "expression"]),
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
