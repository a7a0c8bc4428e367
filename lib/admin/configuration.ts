/**
 * The settings that can be made in the console. What is sealed can be written and recognised by its last four
 * characters, never read back. Anything else is refused: a key cannot be stored in the clear by a mistyped name.
 */
export type ConfigSetting = {
  key: string;
  label: string;
  hint: string;
  group: "OpenAI" | "OpenAI-compatible service" | "Knowledge" | "Stripe";
  isSealed: boolean;
  kind: "secret" | "url" | "text";
  /** What holds without it, where something does; without the others, what needs them stops working. */
  whenCleared?: string;
};

export const CONFIG_SETTINGS: readonly ConfigSetting[] = [
  {
    key: "openai.api_key",
    label: "API key",
    hint: "From your OpenAI account. It is sealed at once and never shown again.",
    group: "OpenAI",
    isSealed: true,
    kind: "secret",
  },
  {
    key: "openai.base_url",
    label: "Address",
    hint: "Only for a proxy in front of OpenAI. Empty means OpenAI itself.",
    group: "OpenAI",
    isSealed: false,
    kind: "url",
    whenCleared: "Calls go to OpenAI itself from then on.",
  },
  {
    key: "openai_compatible.base_url",
    label: "Address",
    hint: "Where a service that speaks OpenAI's protocol answers, such as http://127.0.0.1:11434/v1. A private address must also be listed in OUTBOUND_ALLOW.",
    group: "OpenAI-compatible service",
    isSealed: false,
    kind: "url",
  },
  {
    key: "openai_compatible.api_key",
    label: "API key",
    hint: "If the service wants one. It is sealed at once and never shown again.",
    group: "OpenAI-compatible service",
    isSealed: true,
    kind: "secret",
    whenCleared: "The service is called without a key from then on.",
  },
  {
    key: "knowledge.embedding_model",
    label: "Embedding model",
    hint: "The key of the embedding model for new documents and searches. Empty means the first active one.",
    group: "Knowledge",
    isSealed: false,
    kind: "text",
    whenCleared: "New documents use the first active embedding model from then on.",
  },
  {
    key: "stripe.secret_key",
    label: "Secret key",
    hint: "A secret or restricted key of your Stripe account. It is sealed at once and never shown again. The environment's goes first.",
    group: "Stripe",
    isSealed: true,
    kind: "secret",
  },
  {
    key: "stripe.publishable_key",
    label: "Publishable key",
    hint: "Begins with pk_. The card form of your customers uses it.",
    group: "Stripe",
    isSealed: false,
    kind: "text",
  },
  {
    key: "stripe.webhook_secret",
    label: "Signing secret of the account's endpoint",
    hint: "From the endpoint at Stripe that calls /api/webhooks/stripe. Without it that address does not exist.",
    group: "Stripe",
    isSealed: true,
    kind: "secret",
  },
  {
    key: "stripe.connect_webhook_secret",
    label: "Signing secret of the Connect endpoint",
    hint: "From the endpoint at Stripe that calls /api/webhooks/stripe/connect, for payouts to partners.",
    group: "Stripe",
    isSealed: true,
    kind: "secret",
  },
];

export function findSetting(key: string): ConfigSetting | null {
  return CONFIG_SETTINGS.find((setting) => setting.key === key) ?? null;
}

/** What is wrong with a value, in a sentence, or null. */
export function checkSetting(setting: ConfigSetting, value: string): string | null {
  if (setting.kind !== "url") return null;
  const url = URL.parse(value);
  return url && ["http:", "https:"].includes(url.protocol) && !url.username
    ? null
    : "Give an http or https address.";
}
