import { z } from "zod";
import { centsToMicros, type Micros, parseMicros } from "@/lib/money";

/** Ten million dollars: more is a typing error. */
const MOST_MICROS = 10_000_000_000_000n;

type Bounds = {
  /** An amount as it may be typed, for whoever typed something else: `50.00`. */
  readonly example: string;
  readonly mayBeZero?: boolean;
  /** Less than nothing is an amount too: it takes. */
  readonly isSigned?: boolean;
  /** In whole cents, as what is paid or invoiced is. */
  readonly inCents?: boolean;
  readonly mostMicros?: Micros;
  /** What it is, as a sentence begins: `This price`. */
  readonly what?: string;
};

/** Thousands apart, each whole: `0,500` and `1000,5` are halves somewhere else, and are not guessed at. */
const IN_THOUSANDS = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;

/** `$1,000.50` as `1000.50`, as `parseMicros` reads it. Any other comma stays, so that it is refused. */
export function plainAmount(given: string): string {
  const text = given.trim().replace(/^(-?)\s*\$\s*/, "$1");
  return IN_THOUSANDS.test(text) ? text.replaceAll(",", "") : text;
}

const isTooLong = (text: string) => /^-?\d{13,}(\.\d*)?$/.test(text);

/** Why what was typed is no amount in dollars that can be taken here, in a sentence for who typed it; null when it is one. */
function amountProblem(
  given: string,
  {
    example,
    mayBeZero = false,
    isSigned = false,
    inCents = false,
    mostMicros = MOST_MICROS,
    what = "This amount",
  }: Bounds,
): string | null {
  const text = plainAmount(given);
  const micros = parseMicros(text);
  const finer = inCents
    ? "Use whole cents: at most two decimals."
    : "Use at most six decimals: what is finer cannot be kept exactly.";
  if (/^-\d/.test(text) && !isSigned) return `${what} cannot be negative.`;
  if (micros === null) {
    if (isTooLong(text)) return `${what} is too high to be right.`;
    return /^-?\d+\.\d{7,}$/.test(text) ? finer : `Give an amount in dollars, such as ${example}.`;
  }
  if (inCents && micros % centsToMicros(1n) !== 0n) return finer;
  if (micros === 0n && !mayBeZero) return isSigned ? `${what} cannot be 0.` : `${what} must be more than 0.`;
  return micros > mostMicros || -micros > mostMicros ? `${what} is too high to be right.` : null;
}

/** A text that holds an amount. A number of JSON is none, as programs round those: who sends one is told how to write it. */
export function amountText(example: string, wanted: string) {
  const asText = `Give the amount as a text, such as "${example}": a number may be rounded on its way.`;
  return z.string({ error: ({ input }) => (typeof input === "number" ? asText : wanted) });
}

/** An amount in dollars as people type it, with up to six decimals: rounding one away would change it. Micros. */
export function amountInput(bounds: Bounds) {
  const wanted = `Give an amount in dollars, such as ${bounds.example}.`;
  return amountText(bounds.example, wanted)
    .max(40, wanted)
    .transform((text, context): Micros => {
      const micros = parseMicros(plainAmount(text));
      const problem = amountProblem(text, bounds);
      if (problem === null && micros !== null) return micros;
      context.addIssue({ code: "custom", message: problem ?? wanted });
      return z.NEVER;
    });
}

/** An amount in dollars that stays as it was written, such as what narrows a list: zero or more, with up to six decimals. */
export const dollarsInput = amountText("0.25", "Give an amount such as 0.25.")
  .trim()
  .regex(/^(\d{1,9}(\.\d{1,6})?|\.\d{1,6})$/, "Give an amount such as 0.25.");
