import { csvResponse, partnerRoute } from "@/lib/auth/route";
import { parseMonth } from "@/lib/billing/period";
import { toCsv } from "@/lib/csv";
import { AppError } from "@/lib/errors";
import { partnerModelNames } from "@/lib/models/names";
import { parseInput } from "@/lib/parse";
import { statementInput } from "@/lib/partners/input";
import { getStatement } from "@/lib/partners/queries/money";

const HEADER = [
  "month",
  "customer_id",
  "customer",
  "resource",
  "model",
  "model_key",
  "unit",
  "quantity",
  "base_price_usd",
  "your_price_usd",
  "customer_pays_usd",
  "base_cost_usd",
  "margin_usd",
];

export const GET = partnerRoute(async (scope, request) => {
  const { month } = parseInput(statementInput, Object.fromEntries(new URL(request.url).searchParams));
  const period = parseMonth(month);
  if (!period) throw new AppError("invalid");
  const rows = await getStatement(scope, period);
  const models = await partnerModelNames(scope);
  const lines = rows.map((row) => [
    row.month,
    row.tenantId,
    row.tenantName,
    row.resourceType,
    row.modelKey && (models[row.modelKey] ?? row.modelKey),
    row.modelKey,
    row.unit,
    row.quantity,
    row.systemRate,
    row.tenantRate,
    row.revenue,
    row.platformCost,
    row.commission,
  ]);
  return csvResponse(toCsv(HEADER, lines), `statement-${month}.csv`);
});
