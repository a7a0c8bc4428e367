import { and, eq } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import type { TenantScope } from "@/db/scope";
import { together } from "@/db/statements";
import { databaseTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { carryOverSteps } from "./carry-over";
import { cleanValue } from "./clean";
import type { HeldStep } from "./settle-step";
import { type RunFacts, runStatement, stepsOf } from "./store";

/** A run to start for a step: an item, a round, or another workflow. */
export type NewChild = {
  readonly index: number;
  readonly input: unknown;
  /** The container whose body it follows; null for another workflow. */
  readonly bodyNodeId: string | null;
  /** Another workflow, with its version; left out for the body of a container of the same. */
  readonly calls?: { readonly workflowId: string; readonly workflowVersionId: string };
};

/**
 * Adds runs for a step, with what their predecessors had done where the step goes on with one of a resumed run. One that
 * is there already stays as it is. @returns the ids of those added
 */
export async function insertChildren(
  tx: Tx,
  scope: TenantScope,
  held: HeldStep,
  children: readonly NewChild[],
): Promise<string[]> {
  if (children.length === 0) return [];
  const { run, stepId } = held;
  const added = await tx
    .insert(executions)
    .values(
      children.map(({ index, input, bodyNodeId, calls }) => ({
        id: newId(),
        tenantId: scope.tenantId,
        workflowId: calls?.workflowId ?? run.workflowId,
        workflowVersionId: calls?.workflowVersionId ?? run.workflowVersionId,
        inputData: cleanValue(input),
        trigger: "workflow",
        startedBy: run.startedBy,
        parentExecutionId: run.id,
        parentStepId: stepId,
        rootExecutionId: run.rootExecutionId ?? run.id,
        depth: run.depth + 1,
        itemIndex: index,
        bodyNodeId,
        pinnedVersions: run.pinnedVersions,
        usesPins: run.usesPins,
        createdAt: databaseTime(),
      })),
    )
    .onConflictDoNothing()
    .returning({ id: executions.id });
  const ids = added.map((child) => child.id);
  await carryOverSteps(tx, scope, held, ids);
  return ids;
}

/**
 * Holds the step a run works for until the transaction ends, and before it that step's run, as everybody does who ends or
 * wakes them; nothing for a run that works for none.
 */
export async function lockAbove(
  tx: Tx,
  scope: TenantScope,
  { parentExecutionId, parentStepId }: Pick<RunFacts, "parentExecutionId" | "parentStepId">,
): Promise<void> {
  if (!parentExecutionId || !parentStepId) return;
  const step = tx
    .select({ id: executionSteps.id })
    .from(executionSteps)
    .where(and(stepsOf(scope, parentExecutionId), eq(executionSteps.id, parentStepId)))
    .for("update");
  await together(tx, [runStatement(tx, scope, parentExecutionId, true), step]);
}
