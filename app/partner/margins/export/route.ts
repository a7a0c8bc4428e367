import { csvResponse, partnerRoute } from "@/lib/auth/route";
import { toCsv } from "@/lib/csv";
import { AppError } from "@/lib/errors";
import { parseInput } from "@/lib/parse";
import { marginInput } from "@/lib/partners/input";
import { monthsBetween } from "@/lib/partners/margins";
import { listMargins } from "@/lib/partners/queries/money";

const HEADER = ["month", "customer_id", "customer", "revenue_usd", "base_cost_usd", "margin_usd"];

export const GET = partnerRoute(async (scope, request) => {
  const { from, to } = parseInput(marginInput, Object.fromEntries(new URL(request.url).searchParams));
  const range = monthsBetween(from, to);
  if (!range) throw new AppError("invalid");
  const rows = await listMargins(scope, range);
  const lines = rows.map((row) => [
    row.month,
    row.tenantId,
    row.tenantName,
    row.revenue,
    row.platformCost,
    row.commission,
  ]);
  return csvResponse(toCsv(HEADER, lines), `margins-${from}-${to}.csv`);
});
