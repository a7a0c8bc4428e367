import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { modelCalls } from "@/db/schema/model-calls";
import { reactivateTenant, suspendTenant } from "@/lib/admin/commands/tenants";
import { jobScope } from "@/lib/auth/scope";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { embedNextChunks, readDocument } from "./commands/ingest";
import { dispatchWaitingDocuments } from "./commands/sweep";
import { uploadDocument } from "./commands/upload";
import { getDocument } from "./queries";
import { retrieve } from "./retrieve";
import { documentWait } from "./stages";
import { addDocument, ingest, seedEmbeddingModel } from "./testing";
import { tryQuestion } from "./try-question";

withTestDatabase();
beforeAll(() => seedEmbeddingModel());

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

const suspend = async () =>
  suspendTenant(await makePlatform(), { tenantId: tenant.tenantId, reason: "There is more to it." });
const reactivate = async () => reactivateTenant(await makePlatform(), { tenantId: tenant.tenantId });
const calls = async () =>
  (
    await asTenant(tenant.admin, (tx) =>
      tx.select({ id: modelCalls.id }).from(modelCalls).where(eq(modelCalls.tenantId, tenant.tenantId)),
    )
  ).length;
async function uploadLong(): Promise<string> {
  const text = Array.from({ length: 6_000 }, (_, index) => `Fact ${index} is number ${index * 7}.`).join(" ");
  const { document } = await uploadDocument(tenant.admin, { filename: "long.txt" }, Buffer.from(text));
  return document.id;
}
/** After the minute in which an upload still sends its own event. */
const sweep = () => dispatchWaitingDocuments(new Date(Date.now() + 120_000));

describe("a document of a workspace that is suspended", () => {
  it("stops before its next passages, says why, and goes on when the workspace is active again", async () => {
    const documentId = await uploadLong();
    expect(await readDocument(tenant.job, { documentId, attempt: 0 })).toBe("ready");
    expect(await embedNextChunks(tenant.job, { documentId, attempt: 0 })).toBe(true);
    await suspend();
    expect(await embedNextChunks(tenant.job, { documentId, attempt: 0 })).toBe(false);
    expect(await calls()).toBe(1);
    const waiting = await getDocument(tenant.admin, documentId);
    expect(waiting).toMatchObject({ status: "processing", waitReason: "suspended", chunksDone: 64 });
    expect(documentWait(waiting)?.label).toBe("Workspace suspended");

    // Not while it is suspended, however often it is looked for.
    await sweep();
    await ingest(await jobScope(tenant.tenantId, "test"), documentId, 1);
    expect(await calls()).toBe(1);

    await reactivate();
    expect(await getDocument(tenant.admin, documentId)).toMatchObject({ waitReason: null });
    expect(await sweep()).toBeGreaterThan(0);
    await ingest(tenant.job, documentId, 2);
    const done = await getDocument(tenant.admin, documentId);
    expect(done).toMatchObject({ status: "completed", waitReason: null });
    expect(await calls()).toBe(Math.ceil(done.chunksTotal / 64));
  });

  it("is not even read", async () => {
    const documentId = await uploadLong();
    await suspend();
    await ingest(tenant.job, documentId);
    expect(await getDocument(tenant.admin, documentId)).toMatchObject({
      stage: "stored",
      waitReason: "suspended",
      chunksTotal: 0,
    });
  });
});

describe("a search", () => {
  it("costs nobody anything in a suspended workspace, nor while somebody only looks into it", async () => {
    await addDocument(tenant, "terms.txt", "Refunds take five days.");
    const before = await calls();
    const question = { query: "How long do refunds take?", topK: 5 };
    const suspended = { reason: "tenant_suspended" };
    for (const scope of [tenant.member, apiScope(tenant, ["documents:read"])]) {
      const there = { ...scope, tenantStatus: "suspended" };
      await expect(retrieve(there, question)).rejects.toMatchObject(suspended);
      await expect(tryQuestion(there, question)).rejects.toMatchObject(suspended);
    }
    await suspend();
    await expect(retrieve(await jobScope(tenant.tenantId, "test"), question)).rejects.toMatchObject(
      suspended,
    );
    await expect(retrieve({ ...tenant.admin, isReadOnly: true }, question)).rejects.toMatchObject({
      reason: "read_only",
    });
    expect(await calls()).toBe(before);
  });
});
