import { AsyncLocalStorage } from "node:async_hooks";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { EmbeddingModelV4, LanguageModelV4 } from "@ai-sdk/provider";
import { AppError } from "@/lib/errors";
import { type SafeFetchInit, safeFetch } from "@/lib/http/safe-fetch";
import { guardedFetch } from "./guarded-fetch";
import { InternalEmbeddingModel } from "./internal/embedding-model";
import { InternalLanguageModel } from "./internal/language-model";
import type { ModelRef } from "./model-ref";

// The SDK writes warnings to the console unless told otherwise; ours come back in the result.
globalThis.AI_SDK_LOG_WARNINGS = false;

const OPENAI_URL = "https://api.openai.com/v1";
/** The caller's own deadline is shorter; this only keeps a forgotten one from being endless. */
const LONGEST_CALL_MS = 30 * 60_000;
const LARGEST_ANSWER_BYTES = 32 * 1024 * 1024;
const MOST_KEPT = 200;

const languageModels = new Map<string, LanguageModelV4>();
const embeddingModels = new Map<string, EmbeddingModelV4>();
const leave = new AsyncLocalStorage<Promise<void> | undefined>();

/**
 * The SDK's language model for a reference. All its HTTP goes through `safeFetch`: the base URL's host is the
 * operator's and trusted, redirects are not followed, and a provider that is down is left alone. Throws `precondition` when the provider lacks its key or address.
 */
export function languageModel(ref: ModelRef): LanguageModelV4 {
  return kept(languageModels, ref, newLanguageModel);
}

/** The SDK's embedding model for a reference. Same rules as `languageModel`. */
export function embeddingModel(ref: ModelRef): EmbeddingModelV4 {
  return kept(embeddingModels, ref, newEmbeddingModel);
}

/** Requests made in `work` wait for `mayLeave`, and are not made when it rejects. */
export function leavingWith<T>(mayLeave: Promise<void> | undefined, work: () => T): T {
  return leave.run(mayLeave, work);
}

/** The SDK builds the schemas of answers with the model, and compiles them at their first use: once is enough. */
function kept<T>(models: Map<string, T>, ref: ModelRef, make: (ref: ModelRef) => T): T {
  const { provider, modelKey, providerModel, baseUrl, apiKey } = ref;
  const key = JSON.stringify([provider, modelKey, providerModel, baseUrl, apiKey?.reveal()]);
  const model = models.get(key) ?? make(ref);
  models.set(key, model);
  const [oldest] = models.keys();
  if (models.size > MOST_KEPT && oldest !== undefined) models.delete(oldest);
  return model;
}

function newLanguageModel(ref: ModelRef): LanguageModelV4 {
  const name = ref.providerModel ?? ref.modelKey;
  switch (ref.provider) {
    case "internal":
      return new InternalLanguageModel(name);
    case "openai": {
      const openai = createOpenAI({
        apiKey: requireKey(ref),
        baseURL: ref.baseUrl ?? OPENAI_URL,
        fetch: fetchFor(ref),
      });
      // Every stand-in for OpenAI speaks Chat Completions; only OpenAI itself is sure to speak Responses.
      return ref.baseUrl ? openai.chat(name) : openai.responses(name);
    }
    case "openai_compatible":
      return compatible(ref).languageModel(name);
  }
}

function newEmbeddingModel(ref: ModelRef): EmbeddingModelV4 {
  const name = ref.providerModel ?? ref.modelKey;
  switch (ref.provider) {
    case "internal":
      return new InternalEmbeddingModel(name);
    case "openai": {
      const baseURL = ref.baseUrl ?? OPENAI_URL;
      return createOpenAI({ apiKey: requireKey(ref), baseURL, fetch: fetchFor(ref) }).embeddingModel(name);
    }
    case "openai_compatible":
      return compatible(ref).embeddingModel(name);
  }
}

function compatible(ref: ModelRef) {
  if (!ref.baseUrl) {
    throw notConfigured("The OpenAI-compatible provider has no base URL. An administrator has to set it.");
  }
  return createOpenAICompatible({
    name: "openai_compatible",
    baseURL: ref.baseUrl,
    ...(ref.apiKey ? { apiKey: ref.apiKey.reveal() } : {}),
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch: fetchFor(ref),
  });
}

function requireKey(ref: ModelRef): string {
  if (!ref.apiKey) throw notConfigured("OpenAI has no key yet. An administrator has to set it.");
  return ref.apiKey.reveal();
}

function notConfigured(message: string): AppError {
  return new AppError("precondition", message, { reason: "provider_not_configured" });
}

function fetchFor(ref: ModelRef): typeof fetch {
  const { host } = new URL(ref.baseUrl ?? OPENAI_URL);
  const trustedHosts = ref.baseUrl ? [host] : [];
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input;
    const safeInit = asSafeInit(init);
    await leave.getStore();
    return guardedFetch({ host, model: ref.providerModel ?? ref.modelKey, modelKey: ref.modelKey }, () =>
      safeFetch(url, safeInit, {
        trustedHosts,
        timeoutMs: LONGEST_CALL_MS,
        maxBytes: LARGEST_ANSWER_BYTES,
        maxRedirects: 0,
      }),
    );
  };
}

function asSafeInit(init: RequestInit | undefined): SafeFetchInit {
  const body = init?.body;
  if (body !== undefined && body !== null && typeof body !== "string") {
    throw new AppError("internal", "A model request must have a text body.");
  }
  return {
    method: init?.method,
    headers: init?.headers,
    body: body ?? undefined,
    signal: init?.signal ?? undefined,
  };
}
