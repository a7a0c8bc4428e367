import "server-only";
import { asWorker, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { embed } from "@/lib/ai/embed";
import { ModelCallError } from "@/lib/ai/errors";
import { currentTime } from "@/lib/clock";
import { newId } from "@/lib/ids";
import { beginModelCall, settleModelCall } from "@/lib/metering/model-calls";
import { assertPriced, type Need } from "@/lib/metering/rates";
import { recordUsage, type UsageSource } from "@/lib/metering/record";
import { tokenQuantity } from "@/lib/metering/resources";
import { resolveModel } from "@/lib/models/queries";

export type MeteredEmbedding = {
  modelKey: string;
  values: string[];
  /** Names the work, the same on every repetition: it is billed once under this key. */
  usageKey: string;
  source: UsageSource;
};

/**
 * Embeds texts as one metered call: recorded before it is made, and its usage rated and written in the same
 * transaction in which `save` stores the vectors, so both happen or neither.
 *
 * @throws AppError `precondition` without a price (`rate_missing`) or an active model (`model_unavailable`);
 * ModelCallError when the call fails
 */
export async function embedMetered(
  scope: TenantScope,
  { modelKey, values, usageKey, source }: MeteredEmbedding,
  save: (tx: Tx, vectors: readonly number[][]) => Promise<void> = async () => undefined,
): Promise<number[][]> {
  const model = await resolveModel(modelKey, "embedding");
  const need: Need = { resourceType: "embedding_tokens", modelKey };
  await asWorker(scope, (tx) => assertPriced(tx, scope, [need], currentTime()));
  const callId = await beginModelCall(scope, {
    modelKey,
    provider: model.provider,
    purpose: "embedding",
    callKey: `${usageKey}:${newId()}`,
    executionId: source.executionId ?? null,
    stepId: source.stepId ?? null,
    agentId: source.agentId ?? null,
    documentId: source.documentId ?? null,
  });
  const result = await embed({ model, values }).catch(async (error: unknown) => {
    await settleFailure(scope, callId, error);
    throw error;
  });
  const { inputTokens, outputTokens } = result.usage;
  await asWorker(scope, async (tx) => {
    await save(tx, result.vectors);
    await settleModelCall(tx, scope, {
      callId,
      status: "settled",
      inputTokens,
      outputTokens,
      latencyMs: result.latencyMs,
    });
    await recordUsage(tx, scope, {
      ...source,
      modelCallId: callId,
      occurredAt: currentTime(),
      items: [
        {
          ...need,
          quantityMicros: tokenQuantity(inputTokens),
          idempotencyKey: `${usageKey}:embedding_tokens`,
          ...(result.usageTrusted ? {} : { note: "The tokens were counted by us." }),
        },
      ],
    });
  });
  return result.vectors;
}

async function settleFailure(scope: TenantScope, callId: string, error: unknown): Promise<void> {
  const latencyMs = error instanceof ModelCallError ? error.partial.latencyMs : 0;
  const errorMessage = error instanceof Error ? error.message : "The call failed.";
  await asWorker(scope, (tx) =>
    settleModelCall(tx, scope, {
      callId,
      status: "failed",
      inputTokens: 0,
      outputTokens: 0,
      latencyMs,
      errorMessage,
    }),
  );
}
