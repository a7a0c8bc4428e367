import type { Secret } from "@/lib/secrets/secret";

export const PROVIDERS = ["openai", "openai_compatible", "internal"] as const;

/** Who answers: OpenAI, any service that speaks its protocol, or the built-in model that needs no network. */
export type Provider = (typeof PROVIDERS)[number];

/** Everything a call needs to reach a model. Made by `resolveModel` from the platform's configuration, never by a client. */
export type ModelRef = {
  provider: Provider;
  /** Our key (`ai_models.model_key`): what usage is recorded and rated under. */
  modelKey: string;
  /** The name the provider knows it by. Default: `modelKey`. */
  providerModel?: string | undefined;
  apiKey?: Secret | undefined;
  /** Required for `openai_compatible`; for `openai` it replaces the official address. */
  baseUrl?: string | undefined;
  /** The longest answer of one call, unless it says another: what is set aside for it assumes no more. */
  maxOutputTokens?: number | undefined;
};
