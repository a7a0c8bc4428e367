import { csvResponse, tenantRoute } from "@/lib/auth/route";
import { toCsv } from "@/lib/csv";
import { parseInput } from "@/lib/parse";
import { usageExportInput } from "@/lib/usage/input";
import { usageReport } from "@/lib/usage/queries";

export const GET = tenantRoute(async (scope, request) => {
  const { by, ...range } = parseInput(
    usageExportInput,
    Object.fromEntries(new URL(request.url).searchParams),
  );
  const report = await usageReport(scope, range, by);
  const rows = report.rows.map((row) => [
    row.label || row.key,
    row.runs,
    row.inputTokens,
    row.outputTokens,
    row.embeddingTokens,
    row.nodes,
    row.cost,
  ]);
  const header = [by, "runs", "input_tokens", "output_tokens", "embedding_tokens", "nodes", "cost_usd"];
  return csvResponse(toCsv(header, rows), `usage-${range.from}-${range.to}-by-${by}.csv`);
});
