import { tenantRoute } from "@/lib/auth/route";
import { parseInput } from "@/lib/parse";
import { windowQuery } from "@/lib/runs/input";
import { listSteps } from "@/lib/runs/step-windows";

type Context = { params: Promise<{ executionId: string }> };

/** Some of the steps of a run, for its trace. */
export const GET = tenantRoute<Context>(async (scope, request, { params }) => {
  const { executionId } = await params;
  const { offset } = parseInput(windowQuery, Object.fromEntries(new URL(request.url).searchParams));
  const answer = await listSteps(scope, { executionId, offset });
  return Response.json(answer, { headers: { "cache-control": "private, no-store" } });
});
