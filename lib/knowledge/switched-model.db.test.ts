import { and, eq, isNull, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { asTenant } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { documentChunks, documents } from "@/db/schema/knowledge";
import { modelCalls } from "@/db/schema/model-calls";
import { setModelActive } from "@/lib/admin/commands/platform";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant } from "@/lib/testing/scopes";
import { embedNextChunks, readDocument } from "./commands/ingest";
import { uploadDocument } from "./commands/upload";
import { getDocument } from "./queries";
import { ingest, seedEmbeddingModel } from "./testing";

withTestDatabase();

const TEXT = Array.from({ length: 4_000 }, (_, index) => `Fact ${index} is number ${index * 7}.`).join(" ");

test("a document whose embedding model is switched off meanwhile is read again for the one in use", async () => {
  await seedEmbeddingModel();
  const [platform, tenant] = [await makePlatform(), await makeTenant()];
  const { document } = await uploadDocument(tenant.admin, { filename: "switched.txt" }, Buffer.from(TEXT));
  const ingestion = { documentId: document.id, attempt: 0 };
  await readDocument(tenant.job, ingestion);
  expect(await embedNextChunks(tenant.job, ingestion)).toBe(true);
  await seedEmbeddingModel("second-embedding");
  await setModelActive(platform, { modelKey: "internal-embedding", isActive: false });
  expect(await embedNextChunks(tenant.job, ingestion)).toBe(false);
  expect(await getDocument(tenant.admin, document.id)).toMatchObject({ status: "processing" });
  await ingest(tenant.job, document.id, 1);
  expect(await getDocument(tenant.admin, document.id)).toMatchObject({ status: "completed" });
  const without = await asTenant(tenant.admin, (tx) =>
    tx
      .select({ id: documentChunks.id })
      .from(documentChunks)
      .where(and(eq(documentChunks.documentId, document.id), isNull(documentChunks.embedding))),
  );
  expect(without).toEqual([]);
  const embedded = await asTenant(tenant.admin, (tx) =>
    tx.select({ modelKey: documents.embeddingModelKey }).from(documents).where(eq(documents.id, document.id)),
  );
  expect(embedded).toEqual([{ modelKey: "second-embedding" }]);
});

test("what is embedded anew is billed anew, also with a model that was in use before", async () => {
  await seedEmbeddingModel("third-embedding");
  const [platform, tenant] = [await makePlatform(), await makeTenant()];
  const use = async (modelKey: string) => {
    for (const key of ["internal-embedding", "second-embedding", "third-embedding"])
      await setModelActive(platform, { modelKey: key, isActive: key === modelKey });
  };
  await use("third-embedding");
  const { document } = await uploadDocument(tenant.admin, { filename: "again.txt" }, Buffer.from(TEXT));
  const documentId = document.id;
  await readDocument(tenant.job, { documentId, attempt: 0 });
  expect(await embedNextChunks(tenant.job, { documentId, attempt: 0 })).toBe(true);
  await use("second-embedding");
  expect(await embedNextChunks(tenant.job, { documentId, attempt: 0 })).toBe(false);
  await readDocument(tenant.job, { documentId, attempt: 1 });
  await use("third-embedding");
  expect(await embedNextChunks(tenant.job, { documentId, attempt: 1 })).toBe(false);
  await ingest(tenant.job, documentId, 2);
  expect(await getDocument(tenant.admin, documentId)).toMatchObject({ status: "completed" });
  const [embedded, billed] = await asTenant(tenant.admin, async (tx) => [
    await tx
      .select({ tokens: sql<string>`sum(${modelCalls.inputTokens})::text` })
      .from(modelCalls)
      .where(eq(modelCalls.documentId, documentId)),
    await tx
      .select({ tokens: sql<string>`(sum(${ledgerEntries.quantity}) * 1000000)::bigint::text` })
      .from(ledgerEntries)
      .where(eq(ledgerEntries.documentId, documentId)),
  ]);
  expect(billed).toEqual(embedded);
});
