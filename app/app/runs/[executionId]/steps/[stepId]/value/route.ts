import { tenantRoute } from "@/lib/auth/route";
import { getStepValue } from "@/lib/runs/value-queries";
import { readValueQuery, valueResponse } from "../../../_value-response";

type Context = { params: Promise<{ executionId: string; stepId: string }> };

/** What a step was given or gave, whole. */
export const GET = tenantRoute<Context>(async (scope, request, { params }) => {
  const { executionId, stepId } = await params;
  const query = readValueQuery(request);
  const value = await getStepValue(scope, { executionId, stepId, part: query.part });
  return valueResponse(value, query, `step-${stepId.slice(0, 13)}`);
});
