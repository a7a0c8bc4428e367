import "server-only";
import type { Statement, Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { worksHere } from "@/inngest/embedded";
import { databaseMoment, databaseTime } from "@/lib/clock";
import type { PriceLists } from "@/lib/metering/rates";
import { type Computed, computeWhole } from "./compute";
import { type ComputedIn, computedRows } from "./computed-rows";
import { skippedRows } from "./steps";
import type { RunTarget } from "./target";

/**
 * A workflow's run that only computes is done where it is started: the transaction that writes the run writes its steps,
 * its bill and its end, so that there is nothing to resume and nothing to tell the engine. Null when this run reaches
 * outside, fails, or this process leaves working on runs to others.
 */
export function wholeRun(target: RunTarget): Computed | null {
  if (!target.workflowId || !worksHere()) return null;
  return computeWhole(target.graph, target.input);
}

/** The columns of a run that has ended as it was written. */
export function endedColumns({ result }: Computed) {
  return {
    status: "completed",
    resultData: result,
    startedAt: databaseTime(),
    admittedAt: databaseTime(),
    dispatchedAt: databaseTime(),
    completedAt: databaseMoment(),
  };
}

/**
 * The statements that write the steps of a whole run and bill them, whatever their number.
 * @throws AppError `precondition`, reason `rate_missing`
 */
export function wholeRows(
  tx: Tx,
  scope: TenantScope,
  run: Pick<ComputedIn, "id" | "workflowId" | "startedBy">,
  { steps }: Computed,
  { lists, now }: { readonly lists: PriceLists; readonly now: Date },
): Statement[] {
  const done = steps.flatMap(({ node, end }) => (end ? [{ node, end }] : []));
  const skipped = steps.flatMap(({ node, end }) => (end ? [] : [node]));
  const { rows, bill } = computedRows(tx, scope, { ...run, rootExecutionId: null, now }, done, lists);
  return [
    rows,
    ...(skipped.length > 0 ? [skippedRows(tx, scope, run.id, skipped)] : []),
    ...(bill ? [bill] : []),
  ];
}
