import { auditFilterInput } from "@/lib/audit/input";
import { type AuditRow, everyAudit } from "@/lib/audit/queries";
import { authorize } from "@/lib/auth/authorize";
import { csvResponse, tenantRoute } from "@/lib/auth/route";
import { csvStream } from "@/lib/csv";
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

const lineOf = (row: AuditRow) => [
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
];

async function* lines(pages: AsyncIterable<readonly AuditRow[]>) {
  for await (const page of pages) yield page.map(lineOf);
}

/** All that the list shows, sent while it is read. */
export const GET = tenantRoute(async (scope, request) => {
  // Before the first byte: what is refused later would only break the download off.
  authorize(scope, "audit.read");
  const filter = parseInput(auditFilterInput, Object.fromEntries(new URL(request.url).searchParams));
  return csvResponse(csvStream(HEADER, lines(everyAudit(scope, filter))), "audit.csv");
});
