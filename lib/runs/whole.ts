import "server-only";
import { type Tx, together } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { worksHere } from "@/inngest/embedded";
import { databaseMoment, databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { PriceLists } from "@/lib/metering/rates";
import { recordUsages } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import { stepKeyOf } from "./billing";
import { type Computed, computeWhole } from "./compute";
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

/** Writes the steps of a whole run and bills them, with two statements whatever their number. */
export async function insertWhole(
  tx: Tx,
  scope: TenantScope,
  run: WrittenRun,
  { steps }: Computed,
  { lists, now }: { readonly lists: PriceLists; readonly now: Date },
): Promise<void> {
  const rows = steps.map(({ node, end }) => ({
    id: newId(),
    tenantId: scope.tenantId,
    executionId: run.id,
    nodeId: node.id,
    kind: node.kind,
    name: node.name,
    status: end ? end.status : "skipped",
    attempt: end ? 1 : 0,
    input: end?.input ?? null,
    output: end?.output ?? null,
    branch: end?.branch ?? null,
    detail: end?.detail ?? null,
    workerId: end ? thisWorker().id : null,
    startedAt: end ? databaseTime() : null,
    completedAt: end ? databaseMoment() : null,
  }));
  const usages = rows.flatMap((row) =>
    row.status === "skipped"
      ? []
      : [
          {
            executionId: run.id,
            workflowId: run.workflowId,
            stepId: row.id,
            nodeId: row.nodeId,
            userId: run.userId,
            occurredAt: now,
            items: [
              {
                resourceType: "workflow_node" as const,
                modelKey: null,
                quantityMicros: countQuantity(1),
                idempotencyKey: `${stepKeyOf(run.id, row.nodeId, 0)}:workflow_node`,
              },
            ],
          },
        ],
  );
  await together(tx, [
    () => tx.insert(executionSteps).values(rows),
    () => recordUsages(tx, scope, usages, lists),
  ]);
}
