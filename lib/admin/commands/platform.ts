import "server-only";
import { and, eq, isNotNull } from "drizzle-orm";
import { asPlatform, type Tx } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { aiModels, systemConfigs } from "@/db/schema/config";
import type { PlatformScope } from "@/db/scope";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError, fieldError } from "@/lib/errors";
import { sealConfigValue } from "@/lib/secrets/config-values";
import { lastFour } from "@/lib/secrets/secret";
import { type ConfigSetting, checkSetting, findSetting } from "../configuration";
import type { ClearConfigInput, SaveModelInput, SetConfigInput, SetModelActiveInput } from "../input";

/**
 * Adds a model or changes one; its key stays, because usage and prices refer to it.
 * @throws AppError `invalid` beside its field: a key that is taken, another kind, another model behind the key that
 * documents were embedded with
 */
export async function saveModel(
  scope: PlatformScope,
  { isNew, ...input }: SaveModelInput,
): Promise<{ modelKey: string }> {
  authorize(scope, "model.update");
  await asPlatform(scope, async (tx) => {
    const [before] = await tx
      .select({
        modelName: aiModels.modelName,
        provider: aiModels.provider,
        modelType: aiModels.modelType,
        providerModel: aiModels.providerModel,
      })
      .from(aiModels)
      .where(eq(aiModels.modelKey, input.modelKey));
    if (before && isNew)
      throw fieldError(
        "modelKey",
        `${before.modelName} has this key already: edit that one, or choose another.`,
      );
    if (before && before.modelType !== input.modelType) {
      throw fieldError(
        "modelType",
        "A model cannot become another kind: its usage is already recorded as what it was.",
      );
    }
    if (before?.modelType === "embedding") await assertSameVectors(tx, before, input);
    const { modelKey, ...values } = input;
    await tx.insert(aiModels).values(input).onConflictDoUpdate({ target: aiModels.modelKey, set: values });
    await audit(tx, scope, {
      action: before ? "model.update" : "model.create",
      targetType: "ai_model",
      targetId: modelKey,
      before: before ?? null,
      after: values,
    });
  });
  return { modelKey: input.modelKey };
}

type Reached = { provider: string; providerModel?: string | null | undefined };

/** Vectors of one model say nothing beside those of another: every document would be searched by chance, without a word. */
async function assertSameVectors(
  tx: Tx,
  before: Reached,
  { modelKey, ...after }: Reached & { modelKey: string },
): Promise<void> {
  const isSameName = (before.providerModel ?? modelKey) === (after.providerModel ?? modelKey);
  if (isSameName && before.provider === after.provider) return;
  const [embedded] = await tx
    .select({ id: ledgerEntries.id })
    .from(ledgerEntries)
    .where(
      and(
        eq(ledgerEntries.resourceType, "embedding_tokens"),
        eq(ledgerEntries.modelKey, modelKey),
        isNotNull(ledgerEntries.documentId),
      ),
    )
    .limit(1);
  if (!embedded) return;
  throw fieldError(
    isSameName ? "provider" : "providerModel",
    "Documents were embedded with this model, and those of another would not be found beside them. Add a model of its own instead.",
  );
}

/** Offers a model or stops offering it. Agents that use it say so when they run. @throws AppError `not_found` */
export async function setModelActive(
  scope: PlatformScope,
  input: SetModelActiveInput,
): Promise<{ modelKey: string }> {
  authorize(scope, "model.update");
  await asPlatform(scope, async (tx) => {
    const [changed] = await tx
      .update(aiModels)
      .set({ isActive: input.isActive })
      .where(eq(aiModels.modelKey, input.modelKey))
      .returning({ id: aiModels.id });
    if (!changed) throw new AppError("not_found", "There is no model with this key.");
    await audit(tx, scope, {
      action: input.isActive ? "model.activate" : "model.deactivate",
      targetType: "ai_model",
      targetId: input.modelKey,
      after: { isActive: input.isActive },
    });
  });
  return { modelKey: input.modelKey };
}

function requireSetting(key: string): ConfigSetting {
  const setting = findSetting(key);
  if (!setting) throw fieldError("key", "There is no such setting.");
  return setting;
}

/**
 * Stores a setting. Secrets are sealed for their own key before they reach the database; the audit row says that it
 * changed and its last four characters, never the value.
 * @throws AppError `invalid`
 */
export async function setConfig(scope: PlatformScope, input: SetConfigInput): Promise<{ key: string }> {
  authorize(scope, "config.update");
  const setting = requireSetting(input.key);
  const problem = checkSetting(setting, input.value);
  if (problem) throw fieldError("value", problem);
  const row = {
    value: setting.isSealed ? sealConfigValue(setting.key, input.value) : input.value,
    isEncrypted: setting.isSealed,
    lastFour: setting.isSealed ? lastFour(input.value) : null,
    description: setting.hint,
    updatedBy: scope.actor.kind === "user" ? scope.actor.userId : null,
  };
  await asPlatform(scope, async (tx) => {
    await tx
      .insert(systemConfigs)
      .values({ key: setting.key, ...row })
      .onConflictDoUpdate({ target: systemConfigs.key, set: row });
    await audit(tx, scope, {
      action: "config.set",
      targetType: "system_config",
      targetId: setting.key,
      after: setting.isSealed ? { lastFour: row.lastFour } : { value: input.value },
    });
  });
  return { key: setting.key };
}

/** Removes a setting. Safe when it is not set. */
export async function clearConfig(scope: PlatformScope, input: ClearConfigInput): Promise<{ key: string }> {
  authorize(scope, "config.update");
  const setting = requireSetting(input.key);
  await asPlatform(scope, async (tx) => {
    const removed = await tx
      .delete(systemConfigs)
      .where(eq(systemConfigs.key, setting.key))
      .returning({ id: systemConfigs.id });
    if (removed.length > 0)
      await audit(tx, scope, { action: "config.clear", targetType: "system_config", targetId: setting.key });
  });
  return { key: setting.key };
}
