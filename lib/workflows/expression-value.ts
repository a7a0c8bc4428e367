import { EvaluationError } from "@marcbachmann/cel-js";

const TOO_MANY_DIGITS =
  "This gives a whole number with more digits than a number keeps. Give it as a text, with string()";

/**
 * CEL's integers, timestamps and maps as the JSON they are stored as.
 * @throws EvaluationError for a whole number that would lose digits
 */
export function toJson(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "bigint") return wholeNumber(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Map) return toJson(Object.fromEntries(value));
  if (typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
}

function wholeNumber(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new EvaluationError(TOO_MANY_DIGITS);
  return number;
}
