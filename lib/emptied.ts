/**
 * For `z.preprocess` before a number that is read from text: a field of a form that was emptied says nothing, where
 * reading it as a number would give 0. @returns undefined for blank text, anything else as it is
 */
export function emptiedIsNothing(value: unknown): unknown {
  return typeof value === "string" && value.trim() === "" ? undefined : value;
}
