import { tenantRoute } from "@/lib/auth/route";
import { parseInput } from "@/lib/parse";
import { windowQuery } from "@/lib/runs/input";
import { listParts } from "@/lib/runs/step-windows";

type Context = { params: Promise<{ executionId: string; stepId: string }> };

/** Some of the items, rounds or called runs of a step, for the trace. */
export const GET = tenantRoute<Context>(async (scope, request, { params }) => {
  const { executionId, stepId } = await params;
  const { offset } = parseInput(windowQuery, Object.fromEntries(new URL(request.url).searchParams));
  const answer = await listParts(scope, { executionId, stepId, offset });
  return Response.json(answer, { headers: { "cache-control": "private, no-store" } });
});
