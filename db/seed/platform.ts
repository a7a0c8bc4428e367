import type { PartnerScope, PlatformScope } from "@/db/scope";
import { saveModel, setConfig, setModelActive } from "@/lib/admin/commands/platform";
import { saveModelInput } from "@/lib/admin/input";
import type { ResourceType } from "@/lib/metering/resources";
import { divideRounded, microsFromNumeric } from "@/lib/money";
import { setPartnerRate, setSystemRate } from "@/lib/rates/commands";
import { priceInput } from "@/lib/rates/input";
import { getPriceBook } from "@/lib/rates/queries";

export const CHAT_MODEL = "internal-chat";
const EMBEDDING_MODEL = "internal-embedding";

const MODELS = [
  {
    modelKey: CHAT_MODEL,
    modelName: "Built-in assistant",
    provider: "internal",
    modelType: "text",
    description: "Answers from the passages it is given, without a network. For trying the product.",
    contextTokens: 16_000,
    maxOutputTokens: 2_000,
    isActive: true,
  },
  {
    modelKey: EMBEDDING_MODEL,
    modelName: "Built-in embedding",
    provider: "internal",
    modelType: "embedding",
    description: "Finds passages by their words, without a network.",
    contextTokens: 8_000,
    isActive: true,
  },
  {
    modelKey: "gpt-5-mini",
    modelName: "GPT-5 mini",
    provider: "openai",
    modelType: "text",
    description: "Needs an OpenAI key under Configuration.",
    contextTokens: 400_000,
    maxOutputTokens: 128_000,
    isActive: false,
  },
  {
    modelKey: "text-embedding-3-small",
    modelName: "OpenAI embedding, small",
    provider: "openai",
    modelType: "embedding",
    description: "Needs an OpenAI key under Configuration.",
    contextTokens: 8_191,
    isActive: false,
  },
] as const;

/** Dollars per million tokens, per node: `[resource, model, price]`. */
const RATES: readonly [ResourceType, string | null, string][] = [
  ["text_tokens_input", CHAT_MODEL, "20"],
  ["text_tokens_output", CHAT_MODEL, "60"],
  ["embedding_tokens", EMBEDDING_MODEL, "2"],
  ["text_tokens_input", "gpt-5-mini", "0.3"],
  ["text_tokens_output", "gpt-5-mini", "2.4"],
  ["embedding_tokens", "text-embedding-3-small", "0.03"],
  ["workflow_node", null, "0.002"],
];

/** Models and their base prices, in force since `since`. */
export async function seedPlatform(scope: PlatformScope, since: Date): Promise<void> {
  for (const { isActive, ...model } of MODELS) {
    await saveModel(scope, saveModelInput.parse(model));
    await setModelActive(scope, { modelKey: model.modelKey, isActive });
  }
  await setConfig(scope, { key: "knowledge.embedding_model", value: EMBEDDING_MODEL });
  for (const [resourceType, modelKey, rate] of RATES) {
    await setSystemRate(
      scope,
      { resourceType, modelKey, rate: priceInput.parse(rate), effectiveFrom: since, description: null },
      since,
    );
  }
}

/** A partner's prices: a quarter over the base for models, half for nodes. */
export async function seedPartnerPrices(scope: PartnerScope, since: Date): Promise<void> {
  for (const { base } of await getPriceBook(scope)) {
    const percent = base.resourceType === "workflow_node" ? 150n : 125n;
    const rate = divideRounded(microsFromNumeric(base.rate) * percent, 100n);
    await setPartnerRate(scope, { systemRateId: base.id, rate, effectiveFrom: since }, since);
  }
}
