import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { Tx } from "@/db/access";
import { modelCalls } from "@/db/schema/model-calls";
import type { TenantScope } from "@/db/scope";
import { inPassing, type Statement, together } from "@/db/statements";
import { settledCall } from "@/lib/metering/model-calls";
import { type PriceLists, priceLists, priceStatements } from "@/lib/metering/rates";
import { type UsageItem, usageRows } from "@/lib/metering/record";
import { countQuantity, type ResourceType, tokenQuantity } from "@/lib/metering/resources";
import { release } from "@/lib/wallet/money-gatherer";
import type { EndedCall, MadeCall } from "./metered-calls";
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
  /** What its models used, where that is known; none where it has called none. */
  readonly used?: readonly UsedTokens[] | undefined;
  /** Nothing was set aside for it: it only computes. */
  readonly isUnheld?: boolean;
  /** All prices of that time, where they are known. */
  readonly lists?: PriceLists | undefined;
};

type Calls = { readonly calls: readonly EndedCall[]; readonly unmade: string | null };

/** Writes down the calls of an attempt, whatever became of the step. */
export async function settleCalls(tx: Tx, scope: TenantScope, { calls, unmade }: Calls): Promise<void> {
  for (const call of calls) await inPassing(tx, settledCall(tx, scope, call));
  if (unmade) await inPassing(tx, settledCall(tx, scope, { ...NOT_MADE, callId: unmade }));
}

const NOT_MADE = {
  status: "failed",
  inputTokens: 0,
  outputTokens: 0,
  latencyMs: 0,
  errorMessage: "It was not made.",
} as const;

/**
 * Bills a step that has ended, in the transaction that ends it: the tokens of every attempt for which the provider
 * charged, added up before they are rated, and the node itself when a workflow's node completed. Calls given up as
 * uncertain are ours to bear.
 */
export async function billStep(tx: Tx, scope: TenantScope, run: RunFacts, step: BilledStep): Promise<void> {
  await writeBill(tx, scope, run, step, await together(tx, billReads(tx, scope, run, step)));
}

/** What a bill is made from: the tokens that were used, and prices. Can be read together with other statements. */
type BillReads = [Statement<readonly UsedTokens[]>, ...ReturnType<typeof priceStatements>];

/** Prices that are known are not read. */
export function billReads(tx: Tx, scope: TenantScope, run: RunFacts, step: BilledStep): BillReads {
  const resources: ResourceType[] = [
    ...(step.hasCompleted && run.workflowId ? (["workflow_node"] as const) : []),
    ...(step.used?.length === 0 ? [] : (["text_tokens_input", "text_tokens_output"] as const)),
  ];
  const { used } = step;
  const tokens = used ? { execute: async () => used } : tokensOf(tx, scope, step.stepId);
  return [tokens, ...(step.lists ? [] : priceStatements(tx, scope, resources, step.occurredAt))];
}

/** Writes the bill that follows from what was read, with one statement. @throws AppError `precondition`, reason `rate_missing` */
export async function writeBill(
  tx: Tx,
  scope: TenantScope,
  run: RunFacts,
  step: BilledStep,
  [used, ...prices]: readonly [readonly UsedTokens[], ...Parameters<typeof priceLists>[0]],
): Promise<void> {
  const key = stepKeyOf(run.id, step.nodeId, step.iteration);
  const source = {
    executionId: run.id,
    rootExecutionId: run.rootExecutionId,
    workflowId: run.workflowId,
    stepId: step.stepId,
    nodeId: step.nodeId,
    userId: run.startedBy,
    occurredAt: step.occurredAt,
    isGuarded: step.isUnheld === true,
  };
  // What was set aside for the step ends with it, also when it used nothing.
  const holdKey = step.isUnheld ? {} : { holdKey: key };
  if (!step.isUnheld) release(tx, scope, key);
  const node = { resourceType: "workflow_node", modelKey: null, quantityMicros: countQuantity(1) } as const;
  const fee = { ...source, items: [{ ...node, ...holdKey, idempotencyKey: `${key}:workflow_node` }] };
  const tokens = used.map((use) => {
    // One model a step is the rule; several would need a key each.
    const suffix = used.length > 1 ? `:${use.modelKey}` : "";
    const item = (resourceType: ResourceType, count: number): UsageItem => ({
      resourceType,
      modelKey: use.modelKey,
      quantityMicros: tokenQuantity(count),
      ...holdKey,
      idempotencyKey: `${key}:${resourceType}${suffix}`,
      ...(step.isEstimated ? { note: "The tokens were counted by us." } : {}),
    });
    const items = [item("text_tokens_input", use.inputTokens), item("text_tokens_output", use.outputTokens)];
    return { ...source, agentId: use.agentId, modelCallId: use.callId, items };
  });
  const usages = [...(step.hasCompleted && run.workflowId ? [fee] : []), ...tokens];
  const rows = usageRows(tx, scope, usages, step.lists ?? priceLists(prices));
  if (rows) await inPassing(tx, rows);
}

export type UsedTokens = {
  readonly modelKey: string;
  readonly agentId: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The call that the row opens: the last one. */
  readonly callId: string;
};

/** What calls used, by model and agent: what `tokensOf` reads once they are written. */
export function usedBy(calls: readonly MadeCall[]): UsedTokens[] {
  const byModel = Map.groupBy(calls, ({ modelKey, agentId }) => `${modelKey}:${agentId}`);
  return [...byModel.values()].flatMap((those) => {
    const last = those.at(-1);
    if (!last) return [];
    const sum = (of: (call: MadeCall) => number) => those.reduce((total, call) => total + of(call), 0);
    const inputTokens = sum((call) => call.inputTokens);
    const outputTokens = sum((call) => call.outputTokens);
    return [
      { modelKey: last.modelKey, agentId: last.agentId, inputTokens, outputTokens, callId: last.callId },
    ];
  });
}

/** What the text models of a step used, by model. Embeddings are billed where they are made. */
function tokensOf(tx: Tx, scope: TenantScope, stepId: string) {
  return tx
    .select({
      modelKey: modelCalls.modelKey,
      agentId: modelCalls.agentId,
      inputTokens: sql<number>`coalesce(sum(${modelCalls.inputTokens}), 0)`.mapWith(Number),
      outputTokens: sql<number>`coalesce(sum(${modelCalls.outputTokens}), 0)`.mapWith(Number),
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
