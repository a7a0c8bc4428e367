import "server-only";
import type { TenantScope } from "@/db/scope";
import { costRange } from "@/lib/runs/cost-range";
import type { EstimateRunInput } from "@/lib/runs/input";

/** What a run will cost, for the API. */
export async function estimateView(scope: TenantScope, input: EstimateRunInput) {
  const { low, likely, high, runs } = await costRange(scope, input);
  return {
    low: low.toString(),
    likely: likely.toString(),
    high: high.toString(),
    basis: runs > 0 ? ("runs" as const) : ("graph" as const),
    runs,
  };
}
