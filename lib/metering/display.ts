import { type Micros, microsFromNumeric } from "@/lib/money";

const group = (whole: bigint) => whole.toString().replace(/\B(?=(\d{3})+$)/g, ",");

/** A decimal without zeros that say nothing: `12.500000` is `12.5`. */
function plain(numeric: string): string {
  const [whole = "0", fraction = ""] = numeric.split(".");
  const kept = fraction.replace(/0+$/, "");
  return `${group(BigInt(whole))}${kept ? `.${kept}` : ""}`;
}

/** A quantity of the ledger for people: tokens one by one, everything else in its own unit. */
export function describeQuantity(quantity: string, unit: string): string {
  if (unit === "1M_tokens") {
    // A millionth of the unit is one token.
    const tokens: Micros = microsFromNumeric(quantity);
    return `${group(tokens)} ${tokens === 1n ? "token" : "tokens"}`;
  }
  const count = plain(quantity);
  return unit === "node" ? `${count} ${count === "1" ? "node" : "nodes"}` : `${count} ${unit}`;
}

/** What a price is for: `per million tokens`. */
export function describePer(unit: string): string {
  if (unit === "1M_tokens") return "per million tokens";
  return `per ${unit}`;
}
