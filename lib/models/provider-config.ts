import { PROVIDERS, type Provider } from "@/lib/ai/model-ref";

/** The settings of a provider in `system_configs`. Keys of services are sealed; addresses are not. */
export const PROVIDER_CONFIG_KEYS = {
  openai: { apiKey: "openai.api_key", baseUrl: "openai.base_url" },
  openai_compatible: { apiKey: "openai_compatible.api_key", baseUrl: "openai_compatible.base_url" },
} as const satisfies Record<Exclude<Provider, "internal">, { apiKey: string; baseUrl: string }>;

/** The embedding model for documents and searches; without it, the first active embedding model. */
export const EMBEDDING_MODEL_CONFIG_KEY = "knowledge.embedding_model";

export const PROVIDER_LABELS: Readonly<Record<Provider, string>> = {
  openai: "OpenAI",
  openai_compatible: "OpenAI-compatible",
  internal: "Built in",
};

export function isProvider(value: string): value is Provider {
  return PROVIDERS.some((provider) => provider === value);
}
