import { listAuditInput } from "@/lib/admin/input";
import { type AuditRow, everyAuditOfAll } from "@/lib/admin/queries/audit";
import { authorize } from "@/lib/auth/authorize";
import { csvResponse, platformRoute } from "@/lib/auth/route";
import { csvStream } from "@/lib/csv";
import { parseInput } from "@/lib/parse";

const HEADER = [
  "at",
  "actor_kind",
  "actor_id",
  "actor",
  "visit_of",
  "action",
  "result",
  "target_type",
  "target_id",
  "tenant_id",
  "tenant",
  "before",
  "after",
  "reason",
  "ip",
];

const filterInput = listAuditInput.omit({ cursor: true });
const asText = (value: unknown) => (value === null ? null : JSON.stringify(value));

const lineOf = (row: AuditRow) => [
  row.createdAt.toISOString(),
  row.actorKind,
  row.actorId,
  row.actorEmail,
  row.impersonatorId,
  row.action,
  row.result,
  row.targetType,
  row.targetId,
  row.tenantId,
  row.tenantName,
  asText(row.before),
  asText(row.after),
  row.reason,
  row.ip,
];

async function* lines(pages: AsyncIterable<readonly AuditRow[]>) {
  for await (const page of pages) yield page.map(lineOf);
}

/** All that the list shows, sent while it is read. */
export const GET = platformRoute(async (scope, request) => {
  // Before the first byte: what is refused later would only break the download off.
  authorize(scope, "platform_audit.read");
  const filter = parseInput(filterInput, Object.fromEntries(new URL(request.url).searchParams));
  return csvResponse(csvStream(HEADER, lines(everyAuditOfAll(scope, filter))), "audit.csv");
});
