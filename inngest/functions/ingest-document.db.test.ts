import { afterAll, beforeAll, expect, test } from "vitest";
import { asTenant } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import type { TenantScope } from "@/db/scope";
import { CLIENT_ID, embedded, readEngine, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { retryDocument } from "@/lib/knowledge/commands/manage";
import { dispatchWaitingDocuments } from "@/lib/knowledge/commands/sweep";
import { uploadDocument } from "@/lib/knowledge/commands/upload";
import { getDocument } from "@/lib/knowledge/queries";
import { seedEmbeddingModel, unpricedEmbeddingModel } from "@/lib/knowledge/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { creditWasAdded } from "@/lib/wallet/changes";
import { give, prepaidTenant } from "@/lib/wallet/testing";

withTestDatabase();
beforeAll(() => startEmbedded(handler));
afterAll(() => embedded().engine.stop(2_000));

const settled = (scope: TenantScope, documentId: string) =>
  until("the document to settle", async () => {
    const document = await getDocument(scope, documentId);
    return document.status === "processing" ? null : document;
  });

test("an upload is read by the engine; what cannot be priced fails with the reason, and can be tried again", async () => {
  const { admin } = await makeTenant();
  await unpricedEmbeddingModel();
  const { document } = await uploadDocument(
    admin,
    { filename: "a.md" },
    Buffer.from("# Title\n\nSome text."),
  );
  const failed = await settled(admin, document.id);
  expect(failed).toMatchObject({ status: "failed", errorMessage: expect.stringContaining("no price") });
  await seedEmbeddingModel();
  await retryDocument(admin, { documentId: document.id });
  expect(await settled(admin, document.id)).toMatchObject({ status: "completed", chunksDone: 1 });
});

test("an event that was lost is sent again by the sweeper, once", async () => {
  const { admin } = await makeTenant();
  const { document } = await uploadDocument(admin, { filename: "b.txt" }, Buffer.from("Lost and found."));
  await settled(admin, document.id);
  const later = new Date(Date.now() + 120_000);
  expect(await dispatchWaitingDocuments(later)).toBe(0);
  await asTenant(admin, (tx) =>
    tx.update(documents).set({ uploadStatus: "processing", dispatchedAt: null, attempt: 1 }),
  );
  expect(await dispatchWaitingDocuments(later)).toBe(1);
  expect(await settled(admin, document.id)).toMatchObject({ status: "completed" });
  expect(await dispatchWaitingDocuments(later)).toBe(0);
});

test("one whose job an operator cancels has failed, and can be tried again", async () => {
  const { admin, tenantId } = await makeTenant();
  const { pause, cancel, resume } = embedded().engine.controls;
  const lane = { functionId: `${CLIENT_ID}-ingest-document`, key: tenantId };
  await pause(lane);
  const { document } = await uploadDocument(admin, { filename: "d.txt" }, Buffer.from("Read me later."));
  const job = await until("its job to wait", async () =>
    (await readEngine())?.open.find((run) => run.about.documentId === document.id),
  );
  expect(await cancel(job.runId)).toBe(true);
  await resume(lane);
  const stopped = { status: "failed", errorMessage: expect.stringContaining("stopped reading it") };
  expect(await settled(admin, document.id)).toMatchObject(stopped);
  await retryDocument(admin, { documentId: document.id });
  expect(await settled(admin, document.id)).toMatchObject({ status: "completed" });
});

test("one that waits for credit is read to its end by itself when credit is added", async () => {
  const tenant = await prepaidTenant();
  const text = Buffer.from("Nobody has paid for this. ".repeat(200));
  const { document } = await uploadDocument(tenant.admin, { filename: "c.txt" }, text);
  await until("the document to wait", async () =>
    (await getDocument(tenant.admin, document.id)).waitReason === "credit" ? true : null,
  );
  await give(tenant, { kind: "topup", source: "paid", amount: 1_000_000n, key: "top-up" });
  await creditWasAdded(tenant.tenantId);
  expect(await settled(tenant.admin, document.id)).toMatchObject({ status: "completed", waitReason: null });
});
