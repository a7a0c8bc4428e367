import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { z } from "zod";
import type { Tx } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { parametersSchema } from "@/lib/ai/parameters";
import { AppError, fieldError } from "@/lib/errors";
import { activeModels } from "@/lib/models/queries";
import type { LlmConfig } from "./input";

/** @throws AppError `invalid` beside its field, when the model, a parameter or a document does not fit */
export async function checkConfig(tx: Tx, scope: TenantScope, config: LlmConfig): Promise<void> {
  const model = (await activeModels(tx, "text")).find(({ modelKey }) => modelKey === config.modelKey);
  if (!model) throw fieldError("llmConfig.modelKey", "This model is not available. Choose another one.");
  const parsed = parametersSchema(model.provider, model.providerModel).safeParse(config.parameters);
  if (!parsed.success) throw parameterError(parsed.error, model.modelName);
  await checkDocuments(tx, scope, config.knowledge.documentIds);
}

function parameterError(error: z.ZodError, modelName: string): AppError {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    const names = issue.code === "unrecognized_keys" ? issue.keys : [issue.path.join(".")];
    const message =
      issue.code === "unrecognized_keys" ? `${modelName} does not take this parameter.` : issue.message;
    for (const name of names) fields[`llmConfig.parameters.${name}`] = [message];
  }
  return new AppError("invalid", "Some parameters do not fit the model.", { fields });
}

async function checkDocuments(tx: Tx, scope: TenantScope, documentIds: readonly string[]): Promise<void> {
  if (documentIds.length === 0) return;
  const wanted = [...new Set(documentIds)];
  const found = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, wanted)));
  if (found.length < wanted.length) {
    throw fieldError(
      "llmConfig.knowledge.documentIds",
      "A chosen document does not exist any more. Choose again.",
    );
  }
}

/** What of the chosen documents is there and fits; without any of them it reads none. */
export async function reading(
  tx: Tx,
  scope: TenantScope,
  config: LlmConfig,
  fits: SQL | undefined,
): Promise<LlmConfig> {
  const { knowledge } = config;
  if (knowledge.mode !== "selected") return config;
  const there = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(and(eq(documents.tenantId, scope.tenantId), inArray(documents.id, knowledge.documentIds), fits));
  const documentIds = knowledge.documentIds.filter((id) => there.some((row) => row.id === id));
  if (documentIds.length > 0) return { ...config, knowledge: { ...knowledge, documentIds } };
  const tools = config.tools.filter((tool) => tool !== "knowledge_search");
  return { ...config, tools, knowledge: { ...knowledge, mode: "none", documentIds } };
}
