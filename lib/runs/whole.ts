import "server-only";
import type { Statement, Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { worksHere } from "@/inngest/embedded";
import { databaseMoment, databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { PriceLists } from "@/lib/metering/rates";
import { usageRows } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { stepKeyOf } from "./billing";
import { type Computed, computeWhole } from "./compute";
import { skippedRows } from "./steps";
import type { RunTarget } from "./target";
import { thisWorker } from "./worker";

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

type WrittenRun = { readonly id: string; readonly workflowId: string | null; readonly userId: string | null };

/**
 * The statements that write the steps of a whole run and bill them, two whatever their number.
 * @throws AppError `precondition`, reason `rate_missing`
 */
export function wholeRows(
  tx: Tx,
  scope: TenantScope,
  run: WrittenRun,
  { steps }: Computed,
  { lists, now }: { readonly lists: PriceLists; readonly now: Date },
): Statement[] {
  const done = steps.flatMap(({ node, end }) => (end ? [{ id: newId(), node, end }] : []));
  const skipped = steps.flatMap(({ node, end }) => (end ? [] : [node]));
  const usages = done.map(({ id, node }) => ({
    executionId: run.id,
    rootExecutionId: null,
    workflowId: run.workflowId,
    stepId: id,
    nodeId: node.id,
    userId: run.userId,
    occurredAt: now,
    items: [
      {
        resourceType: "workflow_node" as const,
        modelKey: null,
        quantityMicros: countQuantity(1),
        idempotencyKey: `${stepKeyOf(run.id, node.id, 0)}:workflow_node`,
      },
    ],
  }));
  const ended = done.map(({ id, node, end }) => ({
    id,
    tenantId: scope.tenantId,
    executionId: run.id,
    nodeId: node.id,
    kind: node.kind,
    name: node.name,
    status: end.status,
    attempt: 1,
    input: end.input ?? null,
    output: end.output ?? null,
    branch: end.branch ?? null,
    detail: end.detail ?? null,
    workerId: thisWorker().id,
    startedAt: databaseTime(),
    completedAt: databaseMoment(),
  }));
  const bill = usageRows(tx, scope, usages, lists);
  return [
    ...(ended.length > 0 ? [insertRows(tx, executionSteps, ended)] : []),
    ...(skipped.length > 0 ? [skippedRows(tx, scope, run.id, skipped)] : []),
    ...(bill ? [bill] : []),
  ];
}
