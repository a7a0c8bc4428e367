import "server-only";
import type { TenantScope } from "@/db/scope";
import { costRange, LEAST_RUNS } from "@/lib/runs/cost-range";
import type { EstimateRunInput } from "@/lib/runs/input";
import type { EstimateOut } from "./operations/estimates";

/** What a run will cost, for the API. */
export async function estimateView(scope: TenantScope, input: EstimateRunInput): Promise<EstimateOut> {
  const { low, likely, high, runs, sameRuns, lists } = await costRange(scope, input);
  return {
    low: low.toString(),
    likely: likely.toString(),
    high: high.toString(),
    basis: runs === 0 ? "graph" : sameRuns >= LEAST_RUNS ? "runs" : "few_runs",
    runs,
    assumed: lists.map(({ node, items, isDeclared, perItem }) => ({
      node,
      items,
      declared: isDeclared,
      perItem: perItem.toString(),
    })),
  };
}
