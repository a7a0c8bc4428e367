import { type Micros, multiplyMicros, parseMicros } from "@/lib/money";

/** One metered quantity of the example, rated twice: by the platform's price and by the partner's. */
export type ExampleEntry = {
  node: string;
  what: string;
  tokens: bigint;
  platformRate: Micros;
  customerRate: Micros;
};

const rate = (dollarsPerMillion: string): Micros => parseMicros(dollarsPerMillion) ?? 0n;

/** A made-up run with made-up prices, multiplied by the code that rates real ones. */
export const EXAMPLE_ENTRIES: readonly ExampleEntry[] = [
  {
    node: "Find passages",
    what: "Embedding tokens",
    tokens: 48n,
    platformRate: rate("0.08"),
    customerRate: rate("0.1"),
  },
  {
    node: "Support agent",
    what: "Input tokens",
    tokens: 1840n,
    platformRate: rate("2"),
    customerRate: rate("2.5"),
  },
  {
    node: "Support agent",
    what: "Output tokens",
    tokens: 312n,
    platformRate: rate("8"),
    customerRate: rate("10"),
  },
];

/** What `tokens` cost at a price for one million: a token is one micro-million, so the product is already in micros. */
export function costOf(tokens: bigint, ratePerMillion: Micros): Micros {
  return multiplyMicros(tokens, ratePerMillion);
}

/** What one node of the example costs the customer. */
export function nodeCost(node: string): Micros {
  return EXAMPLE_ENTRIES.filter((entry) => entry.node === node).reduce(
    (sum, entry) => sum + costOf(entry.tokens, entry.customerRate),
    0n,
  );
}

export const EXAMPLE_TOTAL: Micros = EXAMPLE_ENTRIES.reduce(
  (sum, entry) => sum + costOf(entry.tokens, entry.customerRate),
  0n,
);
