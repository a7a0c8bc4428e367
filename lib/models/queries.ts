import "server-only";
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { asSystem, asTenant, type Tx } from "@/db/access";
import { madeOnce } from "@/db/made-once";
import { aiModels, systemConfigs } from "@/db/schema/config";
import type { TenantScope } from "@/db/scope";
import { lastTogether } from "@/db/statements";
import type { ModelRef, Provider } from "@/lib/ai/model-ref";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { openConfigValue } from "@/lib/secrets/config-values";
import type { Secret } from "@/lib/secrets/secret";
import { EMBEDDING_MODEL_CONFIG_KEY, isProvider, PROVIDER_CONFIG_KEYS } from "./provider-config";

export type ModelType = "text" | "embedding";

export type ModelDto = {
  modelKey: string;
  modelName: string;
  provider: Provider;
  /** The name that decides which parameters the model takes. */
  providerModel: string;
  modelType: string;
  description: string | null;
  contextTokens: number | null;
  maxOutputTokens: number | null;
};

const MODEL_COLUMNS = {
  modelKey: aiModels.modelKey,
  modelName: aiModels.modelName,
  provider: aiModels.provider,
  providerModel: aiModels.providerModel,
  modelType: aiModels.modelType,
  description: aiModels.description,
  contextTokens: aiModels.contextTokens,
  maxOutputTokens: aiModels.maxOutputTokens,
} as const;

type ModelRow = Omit<ModelDto, "provider" | "providerModel"> & {
  provider: string;
  providerModel: string | null;
};

function toModel(row: ModelRow): ModelDto[] {
  const { provider } = row;
  return isProvider(provider) ? [{ ...row, provider, providerModel: row.providerModel ?? row.modelKey }] : [];
}

/** The active models a tenant may pick from, by name. */
export async function listModels(scope: TenantScope, modelType: ModelType = "text"): Promise<ModelDto[]> {
  authorize(scope, "model.read");
  return asTenant(scope, (tx) => activeModels(tx, modelType));
}

/** The same inside an open transaction, for checks beside a write. */
export async function activeModels(tx: Tx, modelType: ModelType): Promise<ModelDto[]> {
  const rows = await tx
    .select(MODEL_COLUMNS)
    .from(aiModels)
    .where(and(eq(aiModels.modelType, modelType), eq(aiModels.isActive, true)))
    .orderBy(asc(aiModels.modelName), asc(aiModels.modelKey));
  return rows.flatMap(toModel);
}

/**
 * What models are called, by their keys, also those that are switched off; one that is gone has no name. Where several of
 * them are called the same, each says its key too.
 */
export async function namesOfModels(
  tx: Tx,
  modelKeys: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  if (modelKeys.length === 0) return {};
  const rows = await tx
    .select({ modelKey: aiModels.modelKey, modelName: aiModels.modelName })
    .from(aiModels)
    .where(inArray(aiModels.modelKey, [...modelKeys]));
  return toldApart(rows);
}

/** Names by keys; where several are called the same, each says its key too. */
export function toldApart(
  rows: readonly { modelKey: string; modelName: string }[],
): Readonly<Record<string, string>> {
  const isShared = (name: string) => rows.filter(({ modelName }) => modelName === name).length > 1;
  return Object.fromEntries(
    rows.map(({ modelKey, modelName }) => [
      modelKey,
      isShared(modelName) ? `${modelName} (${modelKey})` : modelName,
    ]),
  );
}

/**
 * What a call of a model needs: its provider, its name there, and the provider's opened key and address. Reads the
 * platform's configuration, so its caller must already be allowed to run something.
 *
 * @throws AppError `precondition`: reason `model_unavailable` when there is no such active model of this type,
 * `key_missing` or `secret_unreadable` when a setting of its provider does not open
 */
export async function resolveModel(modelKey: string, modelType: ModelType = "text"): Promise<ModelRef> {
  const [models, settings] = await asSystem("resolve-model", (tx) =>
    lastTogether(tx, [readActive(tx, { modelKey, modelType }), readSettings(tx, { keys: SETTINGS })]),
  );
  const [model] = models.flatMap(toModel);
  if (!model) throw modelUnavailable(modelKey);
  const { provider, providerModel } = model;
  const reached = reachedBy(provider, settings);
  return { provider, modelKey, providerModel, maxOutputTokens: longestAnswer(model), ...reached };
}

const readActive = madeOnce<{ modelKey: string; modelType: string }, ModelRow[]>((tx) =>
  tx
    .select(MODEL_COLUMNS)
    .from(aiModels)
    .where(
      and(
        eq(aiModels.modelKey, sql.placeholder("modelKey")),
        eq(aiModels.modelType, sql.placeholder("modelType")),
        eq(aiModels.isActive, true),
      ),
    )
    .limit(1),
);

type Setting = Parameters<typeof openConfigValue>[0];

/** Of all providers: a handful, read beside the model instead of after it. */
const SETTINGS = Object.values(PROVIDER_CONFIG_KEYS).flatMap(({ apiKey, baseUrl }) => [apiKey, baseUrl]);

const readSettings = madeOnce<{ keys: string[] }, Setting[]>((tx) =>
  tx
    .select({ key: systemConfigs.key, value: systemConfigs.value, isEncrypted: systemConfigs.isEncrypted })
    .from(systemConfigs)
    .where(sql`${systemConfigs.key} = any(${sql.placeholder("keys")}::varchar[])`),
);

function modelUnavailable(modelKey: string): AppError {
  return new AppError("precondition", `The model ${modelKey} is not available. Choose another one.`, {
    reason: "model_unavailable",
  });
}

/** Refuses a text model that has been retired. @throws AppError `precondition`, reason `model_unavailable` */
export async function assertModelActive(tx: Tx, modelKey: string): Promise<void> {
  const known = await activeModels(tx, "text");
  if (!known.some((model) => model.modelKey === modelKey)) throw modelUnavailable(modelKey);
}

const DEFAULT_OUTPUT_TOKENS = 16_384;

/** The longest answer that a model is asked for when nobody says another: its own, else at most half of its context. */
export function longestAnswer(model: {
  contextTokens: number | null;
  maxOutputTokens: number | null;
}): number {
  if (model.maxOutputTokens !== null) return model.maxOutputTokens;
  return Math.min(DEFAULT_OUTPUT_TOKENS, Math.floor((model.contextTokens ?? Number.MAX_SAFE_INTEGER) / 2));
}

function reachedBy(provider: Provider, settings: readonly Setting[]): { apiKey?: Secret; baseUrl?: string } {
  if (provider === "internal") return {};
  const keys = PROVIDER_CONFIG_KEYS[provider];
  const opened = (key: string) => settings.filter((row) => row.key === key).map(openSetting)[0];
  const apiKey = opened(keys.apiKey);
  const baseUrl = opened(keys.baseUrl)?.reveal();
  return { ...(apiKey ? { apiKey } : {}), ...(baseUrl ? { baseUrl } : {}) };
}

function openSetting(row: Setting): Secret {
  try {
    return openConfigValue(row);
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    log.error({ err: cause, setting: row.key }, "a setting of a model's provider does not open");
    const message = "A setting of the model's provider cannot be opened. An administrator has to check it.";
    // While keys are being changed, another process may have the one that this one lacks.
    const retryable = cause.reason === "key_missing";
    throw new AppError("precondition", message, { reason: cause.reason ?? "internal", retryable, cause });
  }
}

/**
 * The key of the embedding model that documents and searches use now: the configured one, else the first active one.
 * @throws AppError `precondition`, reason `model_unavailable`, when there is none
 */
export async function embeddingModelKey(): Promise<string> {
  const modelKey = await asSystem("embedding-model", async (tx) => {
    const [setting] = await tx
      .select({ value: systemConfigs.value })
      .from(systemConfigs)
      .where(and(eq(systemConfigs.key, EMBEDDING_MODEL_CONFIG_KEY), eq(systemConfigs.isEncrypted, false)))
      .limit(1);
    const models = await activeModels(tx, "embedding");
    return models.find((model) => model.modelKey === setting?.value)?.modelKey ?? models[0]?.modelKey;
  });
  if (modelKey) return modelKey;
  throw new AppError("precondition", "There is no embedding model. An administrator has to add one.", {
    reason: "model_unavailable",
  });
}
