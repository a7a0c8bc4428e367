import { divideRounded } from "@/lib/money";

/** How a credit note reaches the customer, decided when it is issued. */
export const SETTLED_AS = {
  due: "Less is due on the invoice",
  credit: "As credit in the workspace",
  money: "Back the way it was paid",
} as const;
export type SettledAs = keyof typeof SETTLED_AS;

export type Credited = { subtotalCents: bigint; taxCents: bigint };

export type NotePlan = Credited & { totalCents: bigint };

const sum = (notes: readonly Credited[], part: keyof Credited): bigint =>
  notes.reduce((total, note) => total + note[part], 0n);

/**
 * What a credit note over part of an invoice's subtotal comes to. The tax goes back in proportion, rounded on the running
 * sum, so that notes over everything give back all of it. Null when less than that is left.
 */
export function planNote(
  invoice: Credited,
  earlier: readonly Credited[],
  subtotalCents: bigint,
): NotePlan | null {
  const before = sum(earlier, "subtotalCents");
  const after = before + subtotalCents;
  if (subtotalCents <= 0n || after > invoice.subtotalCents) return null;
  const taxCents = divideRounded(invoice.taxCents * after, invoice.subtotalCents) - sum(earlier, "taxCents");
  return { subtotalCents, taxCents, totalCents: subtotalCents + taxCents };
}
