import { AppError } from "@/lib/errors";

/** The most one step may give to the next, as JSON. */
const MAX_OUTPUT_BYTES = 1_000_000;
const MAX_DEPTH = 60;

/**
 * A copy of a value that the database can hold: U+0000 removed, lone surrogates replaced, and what JSON does not
 * know (undefined, NaN, dates, cycles deeper than sixty levels) made into what it does.
 */
export function cleanValue(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return cleanText(value);
  // JSON knows no -0.
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || depth > MAX_DEPTH) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const name = cleanText(key);
    if (item !== undefined && name !== "__proto__") copy[name] = cleanValue(item, depth + 1);
  }
  return copy;
}

/** JSON as a step gives it back, which keeps no order of names: the shorter ones come first, those of one length by their bytes. */
export function asStored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStored);
  if (typeof value !== "object" || value === null) return value;
  const named = Object.entries(value).sort(([a], [b]) => inStoredOrder(a, b));
  return Object.fromEntries(named.map(([name, item]) => [name, asStored(item)]));
}

function inStoredOrder(a: string, b: string): number {
  return Buffer.byteLength(a) - Buffer.byteLength(b) || Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Text that PostgreSQL accepts: no U+0000, no half of a surrogate pair. */
export function cleanText(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}

/** A node's output as it is stored. @throws AppError `limit_exceeded` when it is over a megabyte */
export function cleanOutput(
  output: Readonly<Record<string, unknown>>,
  nodeName: string,
): Record<string, unknown> {
  const cleaned = cleanValue(output) as Record<string, unknown>;
  assertOutputSize(Buffer.byteLength(JSON.stringify(cleaned)), nodeName);
  return cleaned;
}

/** @throws AppError `limit_exceeded` for more than a node may give */
export function assertOutputSize(bytes: number, nodeName: string): void {
  if (bytes > MAX_OUTPUT_BYTES) {
    throw new AppError(
      "limit_exceeded",
      `“${nodeName}” gave ${Math.ceil(bytes / 1000).toLocaleString("en-US")} kB; a node may give at most 1,000 kB.`,
      { reason: "output_too_large" },
    );
  }
}

/** What a step shows beside its output, left out when it is over a megabyte: a trace must always open. */
export function cleanDetail(detail: Readonly<Record<string, unknown>>): unknown {
  const cleaned = cleanValue(detail);
  return Buffer.byteLength(JSON.stringify(cleaned)) > MAX_OUTPUT_BYTES ? { isTooLarge: true } : cleaned;
}
