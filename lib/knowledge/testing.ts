import { asPlatform } from "@/db/access";
import { systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import type { TenantScope } from "@/db/scope";
import { makePlatform } from "@/lib/testing/scopes";
import { embedNextChunks, readDocument } from "./commands/ingest";
import { uploadDocument } from "./commands/upload";
import { getDocument } from "./queries";

export const MODEL_KEY = "internal-embedding";

/** The built-in embedding model, without a price. */
export async function unpricedEmbeddingModel(modelKey = MODEL_KEY): Promise<void> {
  await asPlatform(await makePlatform(), (tx) =>
    tx
      .insert(aiModels)
      .values({ modelKey, modelName: "Built in", provider: "internal", modelType: "embedding" })
      .onConflictDoNothing(),
  );
}

/** The built-in embedding model at 0.02 dollars a million tokens, once more under each other key. */
export async function seedEmbeddingModel(modelKey = MODEL_KEY): Promise<void> {
  await unpricedEmbeddingModel(modelKey);
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(systemRates).values({
      resourceType: "embedding_tokens",
      unit: "1M_tokens",
      rate: "0.020000",
      modelKey,
      effectiveFrom: new Date("2020-01-01"),
    }),
  );
}

/** What the durable function does, without an engine: read, then embed until nothing is left. */
export async function ingest(job: TenantScope, documentId: string, attempt = 0): Promise<void> {
  if ((await readDocument(job, { documentId, attempt })) !== "ready") return;
  while (await embedNextChunks(job, { documentId, attempt })) {}
}

/** Uploads and ingests, and gives the document as it is then. */
export async function addDocument(
  { admin, job }: { admin: TenantScope; job: TenantScope },
  filename: string,
  content: string | Uint8Array,
  agentId?: string,
) {
  const input = agentId ? { filename, agentId } : { filename };
  const { document } = await uploadDocument(admin, input, Buffer.from(content));
  await ingest(job, document.id);
  return getDocument(admin, document.id);
}
