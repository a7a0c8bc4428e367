import { csvStream } from "@/lib/csv";
import { microsToNumeric } from "@/lib/money";
import type { TransactionView } from "./transactions";

const HEADER = [
  "id",
  "at",
  "kind",
  "source",
  "amount_usd",
  "balance_after_usd",
  "allowance_after_usd",
  "reason",
  "run_id",
  "invoice_id",
];

async function* rows(pages: AsyncIterable<readonly TransactionView[]>) {
  for await (const page of pages)
    yield page.map((row) => [
      row.id,
      row.at.toISOString(),
      row.kind,
      row.source,
      microsToNumeric(row.amount),
      microsToNumeric(row.balanceAfter),
      microsToNumeric(row.allowanceAfter),
      row.reason,
      row.executionId,
      row.invoiceId,
    ]);
}

/** Credit transactions as a CSV file, sent while they are read. */
export function transactionCsv(pages: AsyncIterable<readonly TransactionView[]>): ReadableStream<Uint8Array> {
  return csvStream(HEADER, rows(pages));
}
