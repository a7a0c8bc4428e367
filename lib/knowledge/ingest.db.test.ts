import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { asTenant } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { documentChunks, documents } from "@/db/schema/knowledge";
import { modelCalls } from "@/db/schema/model-calls";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { embedNextChunks, failDocument, readDocument } from "./commands/ingest";
import { deleteDocument, retryDocument } from "./commands/manage";
import { uploadDocument } from "./commands/upload";
import { docxOf, pptxOf, wordHeading, wordParagraph, xlsxOf } from "./parse/fixtures/office";
import { pdfOf } from "./parse/fixtures/pdf";
import { documentWarnings, getDocument, listDocuments, listPassages, openOriginal } from "./queries";
import { addDocument, ingest, seedEmbeddingModel } from "./testing";

withTestDatabase();
beforeAll(() => seedEmbeddingModel());

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

const longText = (words: number) =>
  Array.from({ length: words }, (_, index) => `Fact ${index} is number ${index * 7}.`).join(" ");
const ledgerOf = (documentId: string) =>
  asTenant(tenant.admin, (tx) =>
    tx
      .select({
        quantity: ledgerEntries.quantity,
        tenantCost: ledgerEntries.tenantCost,
      })
      .from(ledgerEntries)
      .where(eq(ledgerEntries.documentId, documentId)),
  );
const chunksOf = (documentId: string) =>
  asTenant(tenant.admin, (tx) =>
    tx.select().from(documentChunks).where(eq(documentChunks.documentId, documentId)),
  );

const pdf = await pdfOf([
  { title: "Refunds", paragraphs: ["Refunds take five days."] },
  { title: "Contact", paragraphs: ["Write to the office."] },
]);

const pdfWithPicture = await pdfOf([
  { title: "Refunds", paragraphs: ["Refunds take five days."] },
  { title: "", paragraphs: [] },
]);

test.each<[string, string | Uint8Array, Record<string, unknown>]>([
  ["terms.pdf", pdf, { pageCount: 2, chunksTotal: 2 }],
  ["letter.docx", docxOf(wordHeading("Hello") + wordParagraph("World")), { pageCount: null, chunksTotal: 1 }],
  ["deck.pptx", pptxOf([{ title: "One", lines: ["two"], notes: "three" }]), { pageCount: 1 }],
  ["book.xlsx", xlsxOf("S", `<row><c t="s"><v>0</v></c></row>`, ["Cell"]), { chunksTotal: 1 }],
  ["table.csv", "a,b\n1,2\n", {}],
  ["read.md", "# A\n\nb\n\n# C\n\nd", { chunksTotal: 2 }],
  ["page.html", "<h1>A</h1><p>b</p>", {}],
  ["note.txt", "Just a note.", { tokenCount: 4 }],
])("%s is ingested end to end", async (filename, content, expected) => {
  const document = await addDocument(tenant, filename, content);
  expect(document).toMatchObject({
    status: "completed",
    stage: "completed",
    filename,
    errorMessage: null,
    ...expected,
  });
  expect(document.chunksDone).toBe(document.chunksTotal);
  const chunks = await chunksOf(document.id);
  expect(chunks).toHaveLength(document.chunksTotal);
  for (const chunk of chunks) expect(chunk.embedding).toHaveLength(768);
  expect(await ledgerOf(document.id)).toHaveLength(1);
  const original = await openOriginal(tenant.member, document.id);
  const bytes: Buffer[] = [];
  for await (const piece of original.stream) bytes.push(piece);
  expect(Buffer.concat(bytes)).toEqual(Buffer.from(content));
});

test.each([
  ["fake.pdf", "<html>no</html>", "The file is not a PDF: its content is that of a web page."],
  [
    "bomb.docx",
    docxOf("", [{ name: "word/b.xml", content: Buffer.alloc(80 * 1024 * 1024) }]),
    "It expands to more than 100 times its size and was refused.",
  ],
  [
    "headings.md",
    "# a\nb\n".repeat(40_001),
    "It has so many headings that it comes to more than 40,000 passages. Split it into smaller files.",
  ],
])("%s ends as failed with a reason and costs nothing", async (filename, content, reason) => {
  const document = await addDocument(tenant, filename, content);
  expect(document).toMatchObject({ status: "failed", stage: "failed", errorMessage: reason, chunksTotal: 0 });
  expect(await ledgerOf(document.id)).toEqual([]);
});

test.each<[string, string | Uint8Array, RegExp]>([
  ["latin.csv", Buffer.from("Name;Ort\nMüller;Köln\n", "latin1"), /read as windows-1252/],
  ["scanned.pdf", pdfWithPicture, /no text on page 2:/],
])("of %s it is told what was not read or guessed", async (filename, content, said) => {
  const document = await addDocument(tenant, filename, content);
  expect(await documentWarnings(tenant.member, document.id)).toEqual([expect.stringMatching(said)]);
  expect(await documentWarnings((await makeTenant()).admin, document.id)).toEqual([]);
});

test("a large document is embedded in batches, each billed once, and an interrupted one resumes", async () => {
  const { document } = await uploadDocument(
    tenant.admin,
    { filename: "long.txt" },
    Buffer.from(longText(6_000)),
  );
  const ingestion = { documentId: document.id, attempt: 0 };
  expect(await readDocument(tenant.job, ingestion)).toBe("ready");
  let hadTurn = false;
  setImmediate(() => {
    hadTurn = true;
  });
  expect(await embedNextChunks(tenant.job, ingestion)).toBe(true);
  expect(hadTurn, "other work of this process had a turn").toBe(true);
  const halfway = await getDocument(tenant.admin, document.id);
  expect(halfway).toMatchObject({ status: "processing", stage: "embedding", chunksDone: 64 });
  const before = await chunksOf(document.id);
  await ingest(tenant.job, document.id);
  const done = await getDocument(tenant.admin, document.id);
  expect(done).toMatchObject({ status: "completed", chunksDone: halfway.chunksTotal });
  const after = await chunksOf(document.id);
  expect(after.map((chunk) => chunk.id).sort()).toEqual(before.map((chunk) => chunk.id).sort());
  const ledger = await ledgerOf(document.id);
  expect(ledger).toHaveLength(Math.ceil(after.length / 64));
  const tokens = ledger.reduce((sum, row) => sum + Math.round(Number(row.quantity) * 1e6), 0);
  expect(tokens).toBe(after.reduce((sum, chunk) => sum + chunk.tokenCount, 0));
});

test("run twice, also at once: chunks once, ledger once", async () => {
  const { document } = await uploadDocument(
    tenant.admin,
    { filename: "twice.txt" },
    Buffer.from(longText(2_000)),
  );
  const ingestion = { documentId: document.id, attempt: 0 };
  await readDocument(tenant.job, ingestion);
  await Promise.all([embedNextChunks(tenant.job, ingestion), embedNextChunks(tenant.job, ingestion)]);
  await Promise.all([ingest(tenant.job, document.id), ingest(tenant.job, document.id)]);
  await ingest(tenant.job, document.id);
  const { chunksTotal } = await getDocument(tenant.admin, document.id);
  const chunks = await chunksOf(document.id);
  expect(chunks).toHaveLength(chunksTotal);
  expect(new Set(chunks.map((chunk) => chunk.position)).size).toBe(chunksTotal);
  expect(await ledgerOf(document.id)).toHaveLength(Math.ceil(chunksTotal / 64));
});

test("the same file again is noticed and names the first one; another tenant may have it too", async () => {
  const first = await uploadDocument(tenant.admin, { filename: "one.txt" }, Buffer.from("Same words."));
  const second = await uploadDocument(tenant.member, { filename: "two.txt" }, Buffer.from("Same words."));
  expect(second).toEqual({ kind: "duplicate", document: first.document });
  const other = await makeTenant();
  const theirs = await uploadDocument(other.admin, { filename: "one.txt" }, Buffer.from("Same words."));
  expect(theirs.kind).toBe("stored");
});

test("what cannot be stored is refused and leaves no row", async () => {
  const upload = (filename: string, content: string, agentId?: string) =>
    uploadDocument(tenant.admin, agentId ? { filename, agentId } : { filename }, Buffer.from(content));
  await expect(upload("x.exe", "MZ")).rejects.toMatchObject({
    code: "invalid",
    fields: { file: expect.anything() },
  });
  await expect(upload("x.txt", "")).rejects.toMatchObject({ code: "invalid" });
  await expect(upload("x.txt", "hello", newId())).rejects.toMatchObject({ code: "not_found" });
  async function* tooMuch() {
    for (let index = 0; index < 51; index += 1) yield new Uint8Array(1024 * 1024).fill(65);
  }
  await expect(uploadDocument(tenant.admin, { filename: "x.txt" }, tooMuch())).rejects.toMatchObject({
    code: "limit_exceeded",
  });
  expect(await listDocuments(tenant.admin, { limit: 10 })).toEqual({ items: [], nextCursor: null });
});

test("a failed document can be tried again; the old attempt can do no more harm", async () => {
  const { document } = await uploadDocument(tenant.admin, { filename: "again.txt" }, Buffer.from("Try me."));
  await expect(retryDocument(tenant.admin, { documentId: document.id })).rejects.toMatchObject({
    code: "precondition",
  });
  await failDocument(tenant.job, { documentId: document.id, attempt: 0 }, "The store was away.");
  expect(await getDocument(tenant.admin, document.id)).toMatchObject({
    status: "failed",
    errorMessage: "The store was away.",
  });
  await retryDocument(tenant.member, { documentId: document.id });
  await failDocument(tenant.job, { documentId: document.id, attempt: 0 }, "Too late.");
  expect(await readDocument(tenant.job, { documentId: document.id, attempt: 0 })).toBe("skipped");
  await ingest(tenant.job, document.id, 1);
  expect(await getDocument(tenant.admin, document.id)).toMatchObject({
    status: "completed",
    errorMessage: null,
  });
});

test("deleting removes rows and original, and an ingestion under way ends quietly", async () => {
  const { document } = await uploadDocument(
    tenant.admin,
    { filename: "gone.txt" },
    Buffer.from(longText(2_000)),
  );
  const ingestion = { documentId: document.id, attempt: 0 };
  await readDocument(tenant.job, ingestion);
  await embedNextChunks(tenant.job, ingestion);
  await deleteDocument(tenant.member, { documentId: document.id });
  expect(await embedNextChunks(tenant.job, ingestion)).toBe(false);
  expect(await readDocument(tenant.job, ingestion)).toBe("skipped");
  expect(await chunksOf(document.id)).toEqual([]);
  await expect(openOriginal(tenant.admin, document.id)).rejects.toMatchObject({ code: "not_found" });
  expect(await ledgerOf(document.id)).toHaveLength(1);
  expect(
    (await uploadDocument(tenant.admin, { filename: "gone.txt" }, Buffer.from(longText(2_000)))).kind,
  ).toBe("stored");
});

test("every call of the model is settled", async () => {
  const document = await addDocument(tenant, "call.txt", "One call.");
  const calls = await asTenant(tenant.admin, (tx) =>
    tx
      .select({ status: modelCalls.status, tokens: modelCalls.inputTokens })
      .from(modelCalls)
      .where(eq(modelCalls.documentId, document.id)),
  );
  expect(calls).toEqual([{ status: "settled", tokens: document.tokenCount }]);
});

test("another tenant's document does not exist", async () => {
  const document = await addDocument(tenant, "mine.txt", "Mine.");
  const other = await makeTenant();
  const input = { documentId: document.id };
  for (const attempt of [
    () => getDocument(other.admin, document.id),
    () => listPassages(other.admin, { ...input, from: 0, limit: 10 }),
    () => openOriginal(other.admin, document.id),
    () => deleteDocument(other.admin, input),
    () => retryDocument(other.admin, input),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
  }
  expect(await readDocument(other.job, { ...input, attempt: 0 })).toBe("skipped");
  expect((await listDocuments(other.admin, { limit: 10 })).items).toEqual([]);
  expect((await getDocument(tenant.admin, document.id)).status).toBe("completed");
});

test("lists are searched, filtered and paged; a passage opens the page it is on", async () => {
  await addDocument(tenant, "Alpha 100%.txt", "first");
  await addDocument(tenant, "beta_1.md", "second");
  await addDocument(tenant, "fake.pdf", "third");
  const names = async (input: Partial<Parameters<typeof listDocuments>[1]>) =>
    (await listDocuments(tenant.admin, { limit: 10, ...input })).items.map((item) => item.filename);
  expect(await names({})).toEqual(["fake.pdf", "beta_1.md", "Alpha 100%.txt"]);
  expect(await names({ q: "100%" })).toEqual(["Alpha 100%.txt"]);
  expect(await names({ q: "_" })).toEqual(["beta_1.md"]);
  expect(await names({ status: "failed" })).toEqual(["fake.pdf"]);
  expect(await names({ format: "md" })).toEqual(["beta_1.md"]);
  const first = await listDocuments(tenant.admin, { limit: 2 });
  expect(first.nextCursor).toBe(first.items[1]?.id);
  expect(await names({ cursor: first.nextCursor ?? "" })).toEqual(["Alpha 100%.txt"]);

  const long = await addDocument(tenant, "long.txt", longText(1_500));
  const last = (await chunksOf(long.id)).at(-1);
  const page = await listPassages(tenant.admin, {
    documentId: long.id,
    from: 0,
    limit: 5,
    ...(last ? { passage: last.id } : {}),
  });
  expect(page.items.map((item) => item.id)).toContain(last?.id);
  expect(page.total).toBe(long.chunksTotal);
});

test("the row keeps what the specification names", async () => {
  const { id } = await addDocument(tenant, "spec.txt", "Specified.");
  const [row] = await asTenant(tenant.admin, (tx) => tx.select().from(documents).where(eq(documents.id, id)));
  expect(row).toMatchObject({
    fileType: "txt",
    fileSize: "10",
    uploadStatus: "completed",
    uploadedBy: tenant.adminId,
  });
});
