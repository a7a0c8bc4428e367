import { csvResponse, tenantRoute } from "@/lib/auth/route";
import { csvStream } from "@/lib/csv";
import { microsToNumeric } from "@/lib/money";
import { parseInput } from "@/lib/parse";
import { runFilter } from "@/lib/runs/input";
import { everyRun } from "@/lib/runs/queries";
import type { RunSummary } from "@/lib/runs/run-columns";

const HEADER = [
  "id",
  "name",
  "status",
  "started_from",
  "started_by",
  "mode",
  "source_id",
  "created_at",
  "started_at",
  "completed_at",
  "cost_usd",
  "error_code",
  "error",
];

function rowOf(run: RunSummary) {
  return [
    run.id,
    run.name,
    run.status,
    run.trigger,
    run.startedByName,
    run.mode,
    run.sourceExecutionId,
    run.createdAt.toISOString(),
    run.startedAt?.toISOString() ?? null,
    run.completedAt?.toISOString() ?? null,
    microsToNumeric(BigInt(run.costMicros)),
    run.errorCode,
    run.errorMessage,
  ];
}

async function* rows(pages: AsyncIterable<readonly RunSummary[]>) {
  for await (const page of pages) yield page.map(rowOf);
}

/** The runs that a list shows, all of them, sent while they are read. */
export const GET = tenantRoute(async (scope, request) => {
  const given = Object.entries(Object.fromEntries(new URL(request.url).searchParams));
  const filter = parseInput(
    runFilter,
    Object.fromEntries(given.filter(([name, value]) => value !== "" && name !== "cursor")),
  );
  const today = new Date().toISOString().slice(0, 10);
  return csvResponse(csvStream(HEADER, rows(everyRun(scope, filter))), `runs-${today}.csv`);
});
