import { sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { partCost, runCost } from "./cost";
import type { StepStatus } from "./input";
import { isLeftOut } from "./run-columns";
import { stepsOf } from "./store";

/** What a run comes to so far. */
export type RunFigures = {
  /** Its own steps, by how they stand. */
  counts: Partial<Record<StepStatus, number>>;
  /** So many of those that were skipped are of nodes that the run was not asked for. */
  leftOut: number;
  /** With all its parts. */
  costMicros: string;
};

/** Counts all steps of a run and adds up the ledger of its tree: as much work as the run is long. */
export async function loadFigures(
  tx: Tx,
  scope: TenantScope,
  run: { readonly id: string; readonly rootExecutionId: string | null },
): Promise<RunFigures> {
  const rows = await tx
    .select({
      status: sql<StepStatus>`${executionSteps.status}`,
      count: sql<number>`count(*)::int`,
      leftOut: sql<number>`(count(*) filter (where ${isLeftOut}))::int`,
    })
    .from(executionSteps)
    .where(stepsOf(scope, run.id))
    .groupBy(executionSteps.status);
  const cost =
    run.rootExecutionId === null ? await runCost(tx, scope, run.id) : await partCost(tx, scope, run.id);
  return {
    counts: Object.fromEntries(rows.map((row) => [row.status, row.count])),
    leftOut: rows.reduce((sum, row) => sum + row.leftOut, 0),
    costMicros: cost.toString(),
  };
}
