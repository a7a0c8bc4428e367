const BRANDS: Readonly<Record<string, string>> = {
  visa: "Visa",
  mastercard: "Mastercard",
  amex: "American Express",
};

/** What people call a saved card. */
export function methodName({ brand, last4 }: { brand: string | null; last4: string | null }): string {
  return `${BRANDS[brand ?? ""] ?? brand ?? "Card"} •••• ${last4 ?? "????"}`;
}
