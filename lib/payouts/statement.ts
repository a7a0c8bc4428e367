import type { CsvValue } from "@/lib/csv";
import { centsToMicros, microsToNumeric } from "@/lib/money";
import { paidLabel } from "./moment";
import { describeLine, type PayoutView } from "./read";

export const STATEMENT_HEADER = [
  "statement",
  "status",
  "period_start",
  "period_end",
  "customer_id",
  "customer",
  "for",
  "entries",
  "amount_usd",
] as const;

/** What a payout is called before it has its number. */
export const nameOf = ({ number }: Pick<PayoutView, "number">) => number ?? "Draft";

/** The name of its file, without an ending. */
export const fileNameOf = ({ number, periodEnd }: Pick<PayoutView, "number" | "periodEnd">) =>
  number ?? `payout-draft-${periodEnd.toISOString().slice(0, 10)}`;

/**
 * A statement as rows of a table: what it is made of, what is carried and what came back add up to the last row, what is
 * paid.
 */
export function statementRows(payout: PayoutView): CsvValue[][] {
  const head = [
    nameOf(payout),
    payout.status,
    payout.periodStart.toISOString(),
    payout.periodEnd.toISOString(),
  ];
  const lines = payout.lines.map((line) => [
    ...head,
    line.tenantId,
    line.tenantName,
    describeLine(line),
    line.entries,
    line.amount,
  ]);
  const carried = (what: string, amount: string) => [...head, null, null, what, null, amount];
  const cents = (amount: bigint) => microsToNumeric(centsToMicros(amount));
  const back = payout.reversedCents === 0n ? [] : [carried("Came back", cents(-payout.reversedCents))];
  const out = payout.carryOut === "0.000000" ? "0.000000" : `-${payout.carryOut}`;
  return [
    ...lines,
    carried("Carried from before", payout.carryIn),
    carried("Carried to the next", out),
    ...back,
    carried(paidLabel(payout), cents(payout.amountCents - payout.reversedCents)),
  ];
}
