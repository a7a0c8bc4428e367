import { embedMany } from "ai";
import { AppError } from "@/lib/errors";
import { startClock } from "./call";
import { describeFailure, ModelCallError } from "./errors";
import type { ModelRef } from "./model-ref";
import { embeddingModel } from "./provider";
import { countTokens } from "./tokens";
import { checkUsage, NO_USAGE, type TokenUsage } from "./usage";

/** What `document_chunks.embedding` holds. */
const EMBEDDING_DIMENSIONS = 768;

export type EmbedOptions = {
  model: ModelRef;
  /** One vector comes back for each, in order. Keep batches small (about 100): a failure loses the whole batch. */
  values: string[];
  abortSignal?: AbortSignal | undefined;
  /** Default 120 s. */
  timeoutMs?: number | undefined;
};

export type EmbedResult = {
  vectors: number[][];
  /** Embeddings have input tokens only. */
  usage: TokenUsage;
  usageTrusted: boolean;
  latencyMs: number;
  modelKey: string;
};

/**
 * Turns texts into vectors of 768 dimensions. An empty list gives an empty result without a call.
 *
 * @throws ModelCallError as `generate` does; not retryable with reason `bad_output` when the model's vectors have
 * another size or are no numbers.
 */
export async function embed(options: EmbedOptions): Promise<EmbedResult> {
  const { model, values } = options;
  const clock = startClock(options);
  try {
    if (values.length === 0) {
      return { vectors: [], usage: NO_USAGE, usageTrusted: true, latencyMs: 0, modelKey: model.modelKey };
    }
    const result = await embedMany({
      model: embeddingModel(model),
      values,
      dimensions: EMBEDDING_DIMENSIONS,
      maxRetries: 0,
      maxParallelCalls: 2,
      abortSignal: clock.signal,
    });
    checkVectors(result.embeddings, values.length, model.modelKey);
    // No text is read for no tokens: some servers count answers alone.
    const reported = { inputTokens: result.usage.tokens || undefined, outputTokens: 0 };
    const checked = checkUsage(reported, () => ({
      inputTokens: values.reduce((sum, value) => sum + countTokens(value), 0),
      outputTokens: 0,
    }));
    return { vectors: result.embeddings, ...checked, latencyMs: clock.elapsedMs(), modelKey: model.modelKey };
  } catch (error) {
    const { code, message, options: details } = describeFailure(error, clock.end());
    const partial = { text: "", latencyMs: clock.elapsedMs(), usage: NO_USAGE, usageTrusted: true };
    throw new ModelCallError(code, message, details, partial);
  } finally {
    clock.stop();
  }
}

function checkVectors(vectors: readonly (readonly number[])[], count: number, modelKey: string): void {
  if (vectors.length !== count)
    throw badVectors(`${modelKey} gave ${vectors.length} vectors for ${count} texts.`);
  for (const vector of vectors) {
    if (vector.length !== EMBEDDING_DIMENSIONS) {
      throw badVectors(
        `${modelKey} gives vectors of ${vector.length} dimensions; ${EMBEDDING_DIMENSIONS} are needed.`,
      );
    }
    if (!vector.every(Number.isFinite)) throw badVectors(`${modelKey} gave a vector that holds no numbers.`);
  }
}

function badVectors(message: string): AppError {
  return new AppError("upstream", message, { reason: "bad_output", retryable: false });
}
