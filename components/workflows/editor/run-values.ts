import type { InputField } from "@/lib/workflows/kinds/input";

export type RunValues = Readonly<Record<string, string | number | boolean>>;

/** What a run form begins with: what was given the time before, else the defaults. Each field has a value, if an empty one. */
export function startValues(fields: readonly InputField[], last: RunValues): RunValues {
  return Object.fromEntries(
    fields.map((field) => {
      const value = last[field.key] ?? field.default ?? "";
      // The editor writes a default of yes as text.
      return [field.key, field.type === "boolean" ? String(value) === "true" : value];
    }),
  );
}

/** What a form can show of the input of an earlier run. A field that was left empty is null there, and stays empty. */
export function valuesOf(input: Readonly<Record<string, unknown>>): RunValues {
  const shown = Object.entries(input)
    .map(([key, value]) => [key, value ?? ""])
    .filter((entry): entry is [string, string | number | boolean] =>
      ["string", "number", "boolean"].includes(typeof entry[1]),
    );
  return Object.fromEntries(shown);
}
