import type { Micros } from "@/lib/money";

/** What credit pays with, in the order in which it is spent. */
export const CREDIT_SOURCES = ["plan", "promo", "paid"] as const;
export type CreditSource = (typeof CREDIT_SOURCES)[number];

/** How much of the usage one kind of credit paid for, exactly. */
export type Covered = { source: CreditSource; amountMicros: Micros };

const MICROS_PER_CENT = 10_000n;

const floorDivide = (dividend: bigint, divisor: bigint): bigint =>
  dividend / divisor - (dividend % divisor < 0n ? 1n : 0n);

/**
 * Shares a total of cents out among kinds of credit by what each covered, by the largest remainder: the parts add up to
 * the total whatever it is, and differ from the exact amounts by no more than the total does and one cent.
 */
export function shareCents(
  covered: readonly Covered[],
  totalCents: bigint,
): (Covered & { amountCents: bigint })[] {
  const parts = covered.map((one) => {
    const cents = floorDivide(one.amountMicros, MICROS_PER_CENT);
    return { ...one, amountCents: cents, remainder: one.amountMicros - cents * MICROS_PER_CENT };
  });
  let left = totalCents - parts.reduce((sum, part) => sum + part.amountCents, 0n);
  const order = (a: (typeof parts)[number], b: (typeof parts)[number]) =>
    Number(b.remainder - a.remainder) || CREDIT_SOURCES.indexOf(a.source) - CREDIT_SOURCES.indexOf(b.source);
  for (const part of [...parts].sort(order)) {
    if (left <= 0n || part.remainder === 0n) break;
    part.amountCents += 1n;
    left -= 1n;
  }
  const [largest] = [...parts].sort((a, b) => (a.amountMicros < b.amountMicros ? 1 : -1));
  if (largest) largest.amountCents += left;
  return parts.map(({ source, amountMicros, amountCents }) => ({ source, amountMicros, amountCents }));
}
