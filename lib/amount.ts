import { z } from "zod";
import { type Micros, parseMicros } from "@/lib/money";

/** Ten million dollars: more is a typing error. */
const MOST_MICROS = 10_000_000_000_000n;

type Bounds = {
  /** An amount as it may be typed, for whoever typed something else: `50.00`. */
  readonly example: string;
  readonly mayBeZero?: boolean;
  readonly mostMicros?: Micros;
  /** What it is, as a sentence begins: `This price`. */
  readonly what?: string;
};

/** Why what was typed is no amount in dollars that can be taken here, in a sentence for who typed it; null when it is one. */
export function amountProblem(
  text: string,
  { example, mayBeZero = false, mostMicros = MOST_MICROS, what = "This amount" }: Bounds,
): string | null {
  const micros = parseMicros(text);
  const tooHigh = `${what} is too high to be right.`;
  if (/^-\d/.test(text)) return `${what} cannot be negative.`;
  if (micros === null) {
    if (/^\d+\.\d{7,}$/.test(text)) return "Use at most six decimals: what is finer cannot be kept exactly.";
    return /^\d{13,}(\.\d{0,6})?$/.test(text) ? tooHigh : `Give an amount in dollars, such as ${example}.`;
  }
  if (micros === 0n && !mayBeZero) return `${what} must be more than 0.`;
  return micros > mostMicros ? tooHigh : null;
}

/** An amount in dollars as people type it, with up to six decimals: rounding one away would change it. Micros. */
export function amountInput(bounds: Bounds) {
  return z
    .string(`Give an amount in dollars, such as ${bounds.example}.`)
    .trim()
    .transform((text, context): Micros => {
      const micros = parseMicros(text);
      const problem = amountProblem(text, bounds);
      if (problem === null && micros !== null) return micros;
      context.addIssue({ code: "custom", message: problem ?? `Give an amount such as ${bounds.example}.` });
      return z.NEVER;
    });
}
