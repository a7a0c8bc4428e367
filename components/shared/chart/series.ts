import { formatCount, formatDuration } from "@/components/shared/format";
import { formatMicros } from "@/lib/money";

/** One bar colour. The key names it in each point's `values`. */
export type Series = { key: string; label: string };

/**
 * One place along the axis. `at` is a day (`2026-01-31`) or any short label; a value is a whole number as digits or
 * a number: micro-dollars for money, milliseconds for durations.
 */
export type Point = { at: string; values: Readonly<Record<string, string | number>> };

export type ValueKind = "money" | "count" | "duration";

/** The text of a value, exact: the drawing is rounded to pixels, what is written is not. */
export function formatValue(value: string | number, kind: ValueKind): string {
  if (kind === "money") return formatMicros(BigInt(value));
  if (kind === "duration") return formatDuration(Number(value));
  return formatCount(Number(value));
}

/** Shorter, for the axis: `$1.2k`, `3.4M`. */
export function formatTick(value: number, kind: ValueKind): string {
  // A tick must not wrap between figure and unit.
  if (kind === "duration") return formatDuration(value).replaceAll(" ", "\u00a0");
  const number = kind === "money" ? value / 1_000_000 : value;
  const digits = Math.abs(number) > 0 && Math.abs(number) < 1 && kind === "money" ? 4 : 1;
  const text = new Intl.NumberFormat("en-US", {
    notation: Math.abs(number) >= 10_000 ? "compact" : "standard",
    maximumFractionDigits: digits,
  }).format(number);
  return kind === "money" ? `$${text}` : text;
}

/** `31 Jan` for a day, anything else as it is. */
export function formatAt(at: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(at)) return at;
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(
    new Date(`${at}T00:00:00Z`),
  );
}

const COLORS = 6;

/** The colour of the n-th series, as a token; they repeat after six. */
export function colorOf(index: number): string {
  return `var(--chart-${(index % COLORS) + 1})`;
}

/** Adds values of one kind without losing digits. */
export function sumValues(values: readonly (string | number)[]): string {
  return values.reduce<bigint>((sum, value) => sum + BigInt(value), 0n).toString();
}
