import { csvResponse, platformRoute } from "@/lib/auth/route";
import { listLedgerInput } from "@/lib/billing/input";
import { listLedger } from "@/lib/billing/ledger-queries";
import { toCsv } from "@/lib/csv";
import { modelNames } from "@/lib/models/names";
import { parseInput } from "@/lib/parse";

const HEADER = [
  "id",
  "occurred_at",
  "entry_type",
  "tenant_id",
  "tenant",
  "run_id",
  "resource",
  "model",
  "model_key",
  "quantity",
  "unit",
  "base_price_usd",
  "tenant_price_usd",
  "platform_cost_usd",
  "commission_usd",
  "tenant_cost_usd",
];

export const GET = platformRoute(async (scope, request) => {
  const filter = parseInput(listLedgerInput, Object.fromEntries(new URL(request.url).searchParams));
  const { items } = await listLedger(scope, filter);
  const models = await modelNames(scope);
  const lines = items.map((row) => [
    row.id,
    row.occurredAt.toISOString(),
    row.entryType,
    row.tenantId,
    row.tenantName,
    row.executionId,
    row.resourceType,
    row.modelKey && (models[row.modelKey] ?? row.modelKey),
    row.modelKey,
    row.quantity,
    row.unit,
    row.systemRate,
    row.tenantRate,
    row.platformCost,
    row.partnerCommission,
    row.tenantCost,
  ]);
  return csvResponse(toCsv(HEADER, lines), "ledger.csv");
});
