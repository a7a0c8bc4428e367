/** What is said of Infinity and NaN, in expressions and templates alike. */
export const NO_NUMBER = "This gives no number: it divides by zero, or is too large";

/** Whether a value is Infinity or NaN: JSON cannot hold them, and a comparison would take them for numbers. */
export function isNoNumber(value: unknown): boolean {
  return typeof value === "number" && !Number.isFinite(value);
}
