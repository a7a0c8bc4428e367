/**
 * Money is a whole number of micro-dollars (1 USD = 1,000,000 micros) in a bigint, which is exactly what
 * `numeric(18,6)` holds. Cents appear only on invoice lines and payouts. No floats anywhere.
 */
export type Micros = bigint;

const MICROS_PER_DOLLAR = 1_000_000n;
const MICROS_PER_CENT = 10_000n;

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/;

/** Parses a decimal dollar amount such as `"12.5"`. Null when it is not one or has over six decimals. */
export function parseMicros(text: string): Micros | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = "0", fraction = ""] = match;
  const micros = BigInt(whole) * MICROS_PER_DOLLAR + BigInt(fraction.padEnd(6, "0"));
  return sign ? -micros : micros;
}

/** Reads a `numeric(18,6)` as the database driver gives it. Throws on anything else: that is a defect. */
export function microsFromNumeric(text: string): Micros {
  const micros = parseMicros(text);
  if (micros === null) throw new RangeError(`not a numeric(18,6): ${text}`);
  return micros;
}

/** The `numeric(18,6)` text of an amount, e.g. `-0.000001`. */
export function microsToNumeric(micros: Micros): string {
  const absolute = micros < 0n ? -micros : micros;
  const fraction = (absolute % MICROS_PER_DOLLAR).toString().padStart(6, "0");
  return `${micros < 0n ? "-" : ""}${absolute / MICROS_PER_DOLLAR}.${fraction}`;
}

/** Divides and rounds half away from zero, as PostgreSQL's `round(numeric)` does. `divisor` must be positive. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n;
  const absolute = negative ? -dividend : dividend;
  const rounded = (2n * absolute + divisor) / (2n * divisor);
  return negative ? -rounded : rounded;
}

/** `round(quantity * rate, 6)`, both in millionths. */
export function multiplyMicros(quantityMicros: bigint, rateMicros: Micros): Micros {
  return divideRounded(quantityMicros * rateMicros, MICROS_PER_DOLLAR);
}

/** Whole cents, half away from zero: invoice lines only. */
export function microsToCents(micros: Micros): bigint {
  return divideRounded(micros, MICROS_PER_CENT);
}

export function centsToMicros(cents: bigint): Micros {
  return cents * MICROS_PER_CENT;
}

/**
 * For people. Whole cents from a dollar on (`$12.50`); below that up to four decimals, so that a run's parts add up as
 * they are shown, and below a cent six, so that the price of one call is not shown as zero. `exact` always shows every
 * decimal that is there. Two are always shown.
 */
export function formatMicros(micros: Micros, { exact = false }: { exact?: boolean } = {}): string {
  const absolute = micros < 0n ? -micros : micros;
  const unit =
    exact || absolute < MICROS_PER_CENT ? 1n : absolute < MICROS_PER_DOLLAR ? 100n : MICROS_PER_CENT;
  const shown = divideRounded(absolute, unit) * unit;
  const fraction = (shown % MICROS_PER_DOLLAR)
    .toString()
    .padStart(6, "0")
    .replace(/0{1,4}$/, "");
  return `${micros < 0n ? "−" : ""}$${group(shown / MICROS_PER_DOLLAR)}.${fraction}`;
}

/** Amounts that a sentence compares: as people read them, or exactly where two of them would look the same and are not. */
export function formatApart(...amounts: readonly Micros[]): string[] {
  const shown = amounts.map((micros) => formatMicros(micros));
  const isClear = new Set(shown).size === new Set(amounts).size;
  return isClear ? shown : amounts.map((micros) => formatMicros(micros, { exact: true }));
}

/** The smaller of two amounts. */
export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function group(whole: bigint): string {
  return whole.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}
