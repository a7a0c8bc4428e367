import { toCsv } from "@/lib/csv";
import type { UsageGroupBy } from "./input";
import type { UsageReport } from "./queries";

/** What is called by a name of its own, and what tells it apart. */
const TOLD_APART: Partial<Record<UsageGroupBy, string>> = {
  agent: "agent_id",
  workflow: "workflow_id",
  model: "model_key",
};

/** A report of usage as a CSV file: a line for each row, with exact costs in dollars. */
export function usageCsv({ rows }: UsageReport, by: UsageGroupBy): string {
  const id = TOLD_APART[by];
  const figures = ["runs", "input_tokens", "output_tokens", "embedding_tokens", "nodes", "cost_usd"];
  return toCsv(
    [by, ...(id ? [id] : []), ...figures],
    rows.map((row) => [
      row.label || row.key,
      ...(id ? [row.key] : []),
      row.runs,
      row.inputTokens,
      row.outputTokens,
      row.embeddingTokens,
      row.nodes,
      row.cost,
    ]),
  );
}
