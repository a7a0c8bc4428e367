import { tenantRoute } from "@/lib/auth/route";
import { getRunValue } from "@/lib/runs/value-queries";
import { readValueQuery, valueResponse } from "../_value-response";

type Context = { params: Promise<{ executionId: string }> };

/** What a run was given or gave, whole. */
export const GET = tenantRoute<Context>(async (scope, request, { params }) => {
  const { executionId } = await params;
  const query = readValueQuery(request);
  const value = await getRunValue(scope, { executionId, part: query.part });
  return valueResponse(value, query, `run-${executionId.slice(0, 13)}`);
});
