import type { Tx } from "@/db/access";
import { insertRows } from "@/db/insert-rows";
import { executionSteps } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import type { Statement } from "@/db/statements";
import { databaseMoment, databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import type { PriceLists } from "@/lib/metering/rates";
import { usageRows } from "@/lib/metering/record";
import { countQuantity } from "@/lib/metering/resources";
import type { GraphNode } from "@/lib/workflows/graph";
import { stepKeyOf } from "./billing";
import { STEP_KEY, type StepEnd } from "./steps";
import type { RunFacts } from "./store";
import { thisWorker } from "./worker";

/** The run that nodes are computed for, and when. */
export type ComputedIn = Pick<RunFacts, "id" | "workflowId" | "rootExecutionId" | "startedBy" | "now">;

/** A node, and what it came to. */
export type ComputedNode = { readonly node: GraphNode; readonly end: StepEnd };

/**
 * The statements that write nodes as they were computed and bill them, one each whatever the number of runs and nodes.
 * The first answers with the nodes it wrote: one that somebody else has is left out. The bill is null where there are no
 * fees.
 * @throws AppError `precondition`, reason `rate_missing`
 */
export function computedRows(
  tx: Tx,
  scope: TenantScope,
  runs: readonly { readonly run: ComputedIn; readonly nodes: readonly ComputedNode[] }[],
  lists: PriceLists,
): { readonly rows: Statement<{ rows: unknown[] }>; readonly bill: Statement | null } {
  const steps = runs.flatMap(({ run, nodes }) =>
    nodes.map((computed) => ({ ...computed, run, id: newId() })),
  );
  const rows = steps.map(({ id, run, node, end }) => ({
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
  const billed = steps.filter(({ run }) => run.workflowId);
  const usages = billed.map(({ id, run, node }) => ({
    executionId: run.id,
    rootExecutionId: run.rootExecutionId,
    workflowId: run.workflowId,
    stepId: id,
    nodeId: node.id,
    userId: run.startedBy,
    occurredAt: run.now,
    isGuarded: true,
    items: [
      {
        resourceType: "workflow_node" as const,
        modelKey: null,
        quantityMicros: countQuantity(1),
        idempotencyKey: `${stepKeyOf(run.id, node.id, 0)}:workflow_node`,
      },
    ],
  }));
  return {
    rows: insertRows(tx, executionSteps, rows, { unlessKnownBy: STEP_KEY, returning: ["nodeId"] }),
    bill: usageRows(tx, scope, usages, lists),
  };
}
