import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { modelCalls } from "@/db/schema/model-calls";
import type { TenantScope } from "@/db/scope";
import { settleModelCall } from "@/lib/metering/model-calls";
import { recordUsage, type UsageItem } from "@/lib/metering/record";
import { countQuantity, type ResourceType, tokenQuantity } from "@/lib/metering/resources";
import type { EndedCall } from "./metered-calls";
import type { RunFacts } from "./store";

/** The start of every idempotency key of a step: the same on every attempt. */
export function stepKeyOf(executionId: string, nodeId: string, iteration: number): string {
  return `exec:${executionId}:${nodeId}:${iteration}`;
}

export type BilledStep = {
  readonly stepId: string;
  readonly nodeId: string;
  readonly iteration: number;
  readonly hasCompleted: boolean;
  /** When the work was done: decides the prices. */
  readonly occurredAt: Date;
  /** Some counts were ours, not the provider's. */
  readonly isEstimated?: boolean;
  /** A node that only computes has called no model: nothing to look for. */
  readonly isPure?: boolean;
};

/** Writes down the calls of an attempt, whatever became of the step. */
export async function settleCalls(tx: Tx, scope: TenantScope, calls: readonly EndedCall[]): Promise<void> {
  for (const call of calls) await settleModelCall(tx, scope, call);
}

/**
 * Bills a step that has ended, in the transaction that ends it: the tokens of every attempt for which the provider
 * charged, added up before they are rated, and the node itself when a workflow's node completed. Calls given up as
 * uncertain are ours to bear.
 */
export async function billStep(tx: Tx, scope: TenantScope, run: RunFacts, step: BilledStep): Promise<void> {
  const key = stepKeyOf(run.id, step.nodeId, step.iteration);
  const source = {
    executionId: run.id,
    rootExecutionId: run.rootExecutionId,
    workflowId: run.workflowId,
    stepId: step.stepId,
    nodeId: step.nodeId,
    userId: run.startedBy,
    occurredAt: step.occurredAt,
  };
  if (step.hasCompleted && run.workflowId) {
    const node = { resourceType: "workflow_node", modelKey: null, quantityMicros: countQuantity(1) } as const;
    await recordUsage(tx, scope, { ...source, items: [{ ...node, idempotencyKey: `${key}:workflow_node` }] });
  }
  const used = step.isPure ? [] : await tokensOf(tx, scope, step.stepId);
  for (const use of used) {
    // One model a step is the rule; several would need a key each.
    const suffix = used.length > 1 ? `:${use.modelKey}` : "";
    const item = (resourceType: ResourceType, tokens: number): UsageItem => ({
      resourceType,
      modelKey: use.modelKey,
      quantityMicros: tokenQuantity(tokens),
      idempotencyKey: `${key}:${resourceType}${suffix}`,
      ...(step.isEstimated ? { note: "The tokens were counted by us." } : {}),
    });
    await recordUsage(tx, scope, {
      ...source,
      agentId: use.agentId,
      modelCallId: use.callId,
      items: [item("text_tokens_input", use.inputTokens), item("text_tokens_output", use.outputTokens)],
    });
  }
}

/** What the text models of a step used, by model. Embeddings are billed where they are made. */
async function tokensOf(tx: Tx, scope: TenantScope, stepId: string) {
  return tx
    .select({
      modelKey: modelCalls.modelKey,
      agentId: modelCalls.agentId,
      inputTokens: sql<number>`coalesce(sum(${modelCalls.inputTokens}), 0)`.mapWith(Number),
      outputTokens: sql<number>`coalesce(sum(${modelCalls.outputTokens}), 0)`.mapWith(Number),
      /** The call that the row opens: the last one. */
      callId: sql<string>`(array_agg(${modelCalls.id} order by ${modelCalls.id} desc))[1]`,
    })
    .from(modelCalls)
    .where(
      and(
        eq(modelCalls.tenantId, scope.tenantId),
        eq(modelCalls.stepId, stepId),
        inArray(modelCalls.status, ["settled", "failed"]),
        ne(modelCalls.purpose, "embedding"),
      ),
    )
    .groupBy(modelCalls.modelKey, modelCalls.agentId);
}
