import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { documentChunks } from "@/db/schema/knowledge";
import { notifications } from "@/db/schema/notifications";
import { shiftClock } from "@/lib/clock";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { findUntold, tellSpending } from "@/lib/wallet/alerts";
import { moneyAttention } from "@/lib/wallet/attention";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { brokenMoney, give, prepaidTenant } from "@/lib/wallet/testing";
import { findPayable } from "@/lib/wallet/unpaid";
import { embedNextChunks, failDocument, readDocument } from "./commands/ingest";
import { uploadDocument } from "./commands/upload";
import { wakePaidDocuments } from "./commands/wake";
import { getDocument } from "./queries";
import { ingest, seedEmbeddingModel } from "./testing";

withTestDatabase();
beforeAll(() => seedEmbeddingModel());

const DOLLAR = 1_000_000n;
let tenant: TestTenant;
beforeEach(async () => {
  shiftClock(0);
  tenant = await prepaidTenant();
});

let gifts = 0;
const giveMoney = (amount: bigint, expiresAt?: Date) => {
  gifts += 1;
  const facts = expiresAt ? { facts: { expiresAt } } : {};
  return give(tenant, { kind: "grant", source: "promo", amount, key: `gift ${gifts}`, ...facts });
};

/** A document of several batches. */
async function upload(words = 6_000): Promise<string> {
  const text = Array.from({ length: words }, (_, index) => `Fact ${index} is number ${index * 7}.`).join(" ");
  const { document } = await uploadDocument(tenant.admin, { filename: "long.txt" }, Buffer.from(text));
  return document.id;
}

const chunkIds = async (documentId: string) => {
  const rows = await asTenant(tenant.admin, (tx) =>
    tx
      .select({ id: documentChunks.id })
      .from(documentChunks)
      .where(eq(documentChunks.documentId, documentId))
      .orderBy(documentChunks.position),
  );
  return rows.map(({ id }) => id);
};
const batchesPaid = async (documentId: string) =>
  (
    await asTenant(tenant.admin, (tx) =>
      tx.select({ id: ledgerEntries.id }).from(ledgerEntries).where(eq(ledgerEntries.documentId, documentId)),
    )
  ).length;

describe("a document without credit for all of it", () => {
  it("waits with what is done, is told of, and goes on from there when credit is added", async () => {
    await giveMoney(1_000n);
    const documentId = await upload();
    await ingest(tenant.job, documentId);
    const waiting = await getDocument(tenant.admin, documentId);
    expect(waiting).toMatchObject({
      status: "processing",
      stage: "embedding",
      waitReason: "credit",
      chunksDone: 64,
      errorMessage: null,
    });
    expect(Number(waiting.needed)).toBeGreaterThan(0.0003);
    const before = await chunkIds(documentId);
    expect(await batchesPaid(documentId)).toBe(1);
    expect(await moneyAttention(tenant.admin)).toMatchObject({ documents: { credit: 1, cap: 0 } });
    expect(await findUntold()).toContain(tenant.tenantId);
    await tellSpending(tenant.job);
    await tellSpending(tenant.job);
    const told = await asTenant(tenant.admin, (tx) => tx.select().from(notifications));
    expect(told.filter(({ title }) => title === "Documents wait for credit")).toHaveLength(1);

    // Whoever still has the old attempt does nothing with it.
    expect(await embedNextChunks(tenant.job, { documentId, attempt: 0 })).toBe(false);
    expect(await readDocument(tenant.job, { documentId, attempt: 0 })).toBe("skipped");
    await failDocument(tenant.job, { documentId, attempt: 0 }, "Too late.");
    expect(await findPayable()).not.toContain(tenant.tenantId);
    expect(await wakePaidDocuments(tenant.job)).toBe(0);

    await giveMoney(DOLLAR);
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaidDocuments((await makeTenant()).job)).toBe(0);
    expect(await wakePaidDocuments(tenant.job)).toBe(1);
    expect(await wakePaidDocuments(tenant.job)).toBe(0);
    await ingest(tenant.job, documentId, 1);
    const done = await getDocument(tenant.admin, documentId);
    expect(done).toMatchObject({ status: "completed", waitReason: null, needed: null });
    expect(await chunkIds(documentId)).toEqual(before);
    expect(await batchesPaid(documentId)).toBe(Math.ceil(before.length / 64));
    expect(await brokenMoney()).toEqual([]);
  });

  it("waits also when the credit that seems to be there has expired", async () => {
    await giveMoney(DOLLAR, new Date(Date.now() + 3_600_000));
    const documentId = await upload(10);
    shiftClock(7_200_000);
    await ingest(tenant.job, documentId);
    expect(await getDocument(tenant.admin, documentId)).toMatchObject({
      waitReason: "credit",
      chunksDone: 0,
    });
    expect(await brokenMoney()).toEqual([]);
  });

  it("waits behind none that need more than there is", async () => {
    const dear = await upload();
    await ingest(tenant.job, dear);
    const cheap = await upload(20);
    await ingest(tenant.job, cheap);
    await giveMoney(10n);
    expect(await wakePaidDocuments(tenant.job)).toBe(1);
    expect(await getDocument(tenant.admin, dear)).toMatchObject({ waitReason: "credit" });
    expect(await getDocument(tenant.admin, cheap)).toMatchObject({ waitReason: null });
  });
});

it("a document waits for a cap, and goes on when that has room", async () => {
  await giveMoney(DOLLAR);
  const cap = (amount: string) =>
    setCap(tenant.admin, setCapInput.parse({ scope: "tenant", period: "day", amount }));
  await cap("0.000100");
  const documentId = await upload();
  await ingest(tenant.job, documentId);
  expect(await getDocument(tenant.admin, documentId)).toMatchObject({ waitReason: "cap", chunksDone: 0 });
  expect(await findPayable()).not.toContain(tenant.tenantId);
  expect(await wakePaidDocuments(tenant.job)).toBe(0);
  await cap("5");
  expect(await findPayable()).toContain(tenant.tenantId);
  expect(await wakePaidDocuments(tenant.job)).toBe(1);
  await ingest(tenant.job, documentId, 1);
  expect(await getDocument(tenant.admin, documentId)).toMatchObject({ status: "completed" });
  expect(await brokenMoney()).toEqual([]);
});
