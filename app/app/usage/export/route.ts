import { csvResponse, tenantRoute } from "@/lib/auth/route";
import { parseInput } from "@/lib/parse";
import { usageCsv } from "@/lib/usage/csv";
import { usageExportInput } from "@/lib/usage/input";
import { usageReport } from "@/lib/usage/queries";

export const GET = tenantRoute(async (scope, request) => {
  const { by, ...range } = parseInput(
    usageExportInput,
    Object.fromEntries(new URL(request.url).searchParams),
  );
  const report = await usageReport(scope, range, by);
  return csvResponse(usageCsv(report, by), `usage-${range.from}-${range.to}-by-${by}.csv`);
});
