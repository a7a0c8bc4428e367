import { auditFilterInput } from "@/lib/audit/input";
import { exportAudit } from "@/lib/audit/queries";
import { csvResponse, tenantRoute } from "@/lib/auth/route";
import { toCsv } from "@/lib/csv";
import { parseInput } from "@/lib/parse";

const HEADER = [
  "at",
  "actor",
  "action",
  "result",
  "target_type",
  "target_id",
  "before",
  "after",
  "reason",
  "ip",
  "request_id",
];

const asText = (value: unknown) => (value === null ? null : JSON.stringify(value));

export const GET = tenantRoute(async (scope, request) => {
  const filter = parseInput(auditFilterInput, Object.fromEntries(new URL(request.url).searchParams));
  const rows = await exportAudit(scope, filter);
  const lines = rows.map((row) => [
    row.at.toISOString(),
    row.actor,
    row.action,
    row.isDenied ? "denied" : "done",
    row.targetType,
    row.targetId,
    asText(row.before),
    asText(row.after),
    row.reason,
    row.ip,
    row.requestId,
  ]);
  return csvResponse(toCsv(HEADER, lines), "audit.csv");
});
