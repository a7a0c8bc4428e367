import "server-only";
import { asWorker, type Tx } from "@/db/access";
import type { TenantScope } from "@/db/scope";
import { embed } from "@/lib/ai/embed";
import { ModelCallError } from "@/lib/ai/errors";
import { countTokens } from "@/lib/ai/tokens";
import { newId } from "@/lib/ids";
import { beginModelCall, settleModelCall } from "@/lib/metering/model-calls";
import { assertPriced, type Need, requireRates } from "@/lib/metering/rates";
import { recordUsage, type UsageSource } from "@/lib/metering/record";
import { tokenQuantity } from "@/lib/metering/resources";
import { resolveModel } from "@/lib/models/queries";
import { multiplyMicros } from "@/lib/money";
import { presentTime } from "@/lib/present-time";
import { hold, lower, release } from "@/lib/wallet/money-gatherer";
import { refusalError, refusalOf } from "@/lib/wallet/refusal";

export type MeteredEmbedding = {
  modelKey: string;
  values: string[];
  /** Names the work, the same on every repetition: it is billed once under this key. */
  usageKey: string;
  source: UsageSource;
  /** What a step has set aside for all that it does, this included (`plannedUses`); else it gets a hold of its own. */
  stepHoldKey?: string | undefined;
};

/**
 * Embeds texts as one metered call: recorded before it is made, and its usage rated and written in the same
 * transaction in which `save` stores the vectors, so both happen or neither.
 *
 * @throws AppError `precondition` without a price (`rate_missing`), credit (`needs_credit`, `cap_reached`) or an active
 * model (`model_unavailable`); ModelCallError when the call fails
 */
export async function embedMetered(
  scope: TenantScope,
  { modelKey, values, usageKey, source, stepHoldKey }: MeteredEmbedding,
  save: (tx: Tx, vectors: readonly number[][]) => Promise<void> = async () => undefined,
): Promise<number[][]> {
  const model = await resolveModel(modelKey, "embedding");
  const need: Need = { resourceType: "embedding_tokens", modelKey };
  const holdKey = await setAside(scope, { need, values, usageKey, source, stepHoldKey });
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
    await settleFailure(scope, callId, error, holdKey);
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
    const { tenantCostMicros } = await recordUsage(tx, scope, {
      ...source,
      modelCallId: callId,
      occurredAt: await presentTime(tx),
      items: [
        {
          ...need,
          quantityMicros: tokenQuantity(inputTokens),
          idempotencyKey: `${usageKey}:embedding_tokens`,
          ...(holdKey ? { holdKey } : {}),
          ...(result.usageTrusted ? {} : { note: "The tokens were counted by us." }),
        },
      ],
    });
    if (stepHoldKey) lower(tx, scope, stepHoldKey, tenantCostMicros);
  });
  return result.vectors;
}

/** Providers count a little differently than we do. */
const COUNTING_PERCENT = 110;

/**
 * Checks the price and sets aside what the call will cost, where no step has done so.
 * @throws AppError `precondition`: `rate_missing`, `needs_credit`, `cap_reached`
 */
async function setAside(
  scope: TenantScope,
  { need, values, usageKey, source, stepHoldKey }: Omit<MeteredEmbedding, "modelKey"> & { need: Need },
): Promise<string | null> {
  const key = stepHoldKey ? null : usageKey;
  try {
    await asWorker(scope, async (tx) => {
      const at = await presentTime(tx);
      const lists = await assertPriced(tx, scope, [need], at);
      if (key === null) return;
      const tokens = values.reduce((sum, value) => sum + countTokens(value), 0);
      const { tenantRate } = requireRates(lists, need, at);
      const amount = multiplyMicros(tokenQuantity(Math.ceil((tokens * COUNTING_PERCENT) / 100)), tenantRate);
      if (amount > 0n) hold(tx, scope, { key, agentId: source.agentId ?? null }, amount);
    });
  } catch (error) {
    const refusal = refusalOf(error);
    throw refusal ? refusalError(refusal, error) : error;
  }
  return key;
}

async function settleFailure(
  scope: TenantScope,
  callId: string,
  error: unknown,
  holdKey: string | null,
): Promise<void> {
  const latencyMs = error instanceof ModelCallError ? error.partial.latencyMs : 0;
  const errorMessage = error instanceof Error ? error.message : "The call failed.";
  await asWorker(scope, async (tx) => {
    if (holdKey) release(tx, scope, holdKey);
    await settleModelCall(tx, scope, {
      callId,
      status: "failed",
      inputTokens: 0,
      outputTokens: 0,
      latencyMs,
      errorMessage,
    });
  });
}
