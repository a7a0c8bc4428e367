import { toCsv } from "@/lib/csv";
import type { UsageGroupBy } from "./input";
import type { UsageReport } from "./queries";

/** What is called by a name of its own, and told apart by its id. */
const NAMED: ReadonlySet<UsageGroupBy> = new Set(["agent", "workflow"]);

/** A report of usage as a CSV file: a line for each row, with exact costs in dollars. */
export function usageCsv({ rows }: UsageReport, by: UsageGroupBy): string {
  const isNamed = NAMED.has(by);
  const figures = ["runs", "input_tokens", "output_tokens", "embedding_tokens", "nodes", "cost_usd"];
  return toCsv(
    [by, ...(isNamed ? [`${by}_id`] : []), ...figures],
    rows.map((row) => [
      row.label || row.key,
      ...(isNamed ? [row.key] : []),
      row.runs,
      row.inputTokens,
      row.outputTokens,
      row.embeddingTokens,
      row.nodes,
      row.cost,
    ]),
  );
}
