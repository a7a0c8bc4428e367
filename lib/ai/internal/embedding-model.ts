import type { EmbeddingModelV4, EmbeddingModelV4CallOptions, EmbeddingModelV4Result } from "@ai-sdk/provider";
import { countTokens } from "../tokens";
import { lexicalEmbedding } from "./embedding";

/** The built-in embedding model: deterministic, lexical, without network. */
export class InternalEmbeddingModel implements EmbeddingModelV4 {
  readonly specificationVersion = "v4";
  readonly provider = "internal";
  readonly maxEmbeddingsPerCall = 512;
  readonly supportsParallelCalls = true;

  constructor(readonly modelId: string) {}

  async doEmbed({ values, abortSignal }: EmbeddingModelV4CallOptions): Promise<EmbeddingModelV4Result> {
    abortSignal?.throwIfAborted();
    return {
      embeddings: values.map(lexicalEmbedding),
      usage: { tokens: values.reduce((sum, value) => sum + countTokens(value), 0) },
      warnings: [],
    };
  }
}
