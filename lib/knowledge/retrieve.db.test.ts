import { eq } from "drizzle-orm";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { asPlatform, asTenant } from "@/db/access";
import { agents } from "@/db/schema/ai";
import { ledgerEntries } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { readDocument } from "./commands/ingest";
import { uploadDocument } from "./commands/upload";
import { questionForm, type RetrieveInput } from "./input";
import { pdfOf } from "./parse/fixtures/pdf";
import { type RetrieveOptions, retrieve } from "./retrieve";
import { addDocument, seedEmbeddingModel } from "./testing";
import { tryQuestion } from "./try-question";

withTestDatabase();
beforeAll(() => seedEmbeddingModel());

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

async function addAgent(knowledge: { mode: string; documentIds: string[]; topK?: number }): Promise<string> {
  const id = newId();
  const llmConfig = { modelKey: "m", parameters: {}, tools: [], knowledge: { topK: 5, ...knowledge } };
  await asTenant(tenant.admin, (tx) =>
    tx.insert(agents).values({ id, tenantId: tenant.tenantId, name: id, role: "r", llmConfig }),
  );
  return id;
}

const find = (
  scope: TenantScope,
  input: Partial<RetrieveInput> & { query: string },
  options?: RetrieveOptions,
) => retrieve(scope, { topK: 5, ...input }, options);
const names = async (...args: Parameters<typeof find>) =>
  (await find(...args)).map((passage) => passage.filename).sort();

test("the passage that answers comes first, with document, page and scores", async () => {
  const pdf = await pdfOf([
    { title: "Holidays", paragraphs: ["Everybody has thirty days of holiday a year."] },
    { title: "Parking", paragraphs: ["The garage opens at six in the morning."] },
  ]);
  const handbook = await addDocument(tenant, "handbook.pdf", pdf);
  await addDocument(tenant, "menu.txt", "Soup and bread on Mondays.");
  const [first] = await find(tenant.member, { query: "When does the garage open?" });
  expect(first).toMatchObject({
    documentId: handbook.id,
    filename: "handbook.pdf",
    page: 2,
    heading: "Parking",
    matchesWords: true,
  });
  expect(first?.similarity).toBeGreaterThan(0.2);
  expect(first?.text).toContain("opens at six");
});

test("near-duplicates of another tenant are never returned, to people, keys, jobs or agents", async () => {
  const other = await makeTenant();
  const secret = "The launch code of the rocket is 4711.";
  await addDocument(other, "secret.txt", secret);
  await addDocument(other, "secret2.txt", `${secret} Really.`);
  const agentId = await addAgent({ mode: "all", documentIds: [] });
  const scopes = [tenant.admin, tenant.member, tenant.job, apiScope(tenant, ["documents:read"])];
  for (const scope of scopes) expect(await find(scope, { query: secret, topK: 50 })).toEqual([]);
  expect(await find(tenant.job, { query: secret, agentId })).toEqual([]);
  const mine = await addDocument(tenant, "mine.txt", "The rocket is painted red.");
  for (const scope of scopes) {
    expect((await find(scope, { query: secret, topK: 50 })).map((passage) => passage.documentId)).toEqual([
      mine.id,
    ]);
  }
  const theirs = await find(other.admin, { query: secret });
  const documentIds = theirs.map((passage) => passage.documentId);
  expect(documentIds).toHaveLength(2);
  expect(await find(tenant.admin, { query: secret, documentIds })).toEqual([]);
});

test("an agent sees what is shared and its own, as its knowledge setting allows", async () => {
  const query = "colour of the house";
  const own = await addAgent({ mode: "all", documentIds: [] });
  const shared = await addDocument(tenant, "shared.txt", "The colour of the house is green.");
  await addDocument(tenant, "more.txt", "The house has a colour: blue.");
  await addDocument(tenant, "private.txt", "The colour of the house was secretly red.", own);
  const none = await addAgent({ mode: "none", documentIds: [] });
  const selected = await addAgent({ mode: "selected", documentIds: [shared.id] });
  const all = await addAgent({ mode: "all", documentIds: [] });

  expect(await names(tenant.job, { query, agentId: own })).toEqual(["more.txt", "private.txt", "shared.txt"]);
  expect(await names(tenant.job, { query, agentId: all })).toEqual(["more.txt", "shared.txt"]);
  expect(await names(tenant.job, { query, agentId: selected })).toEqual(["shared.txt"]);
  expect(await names(tenant.job, { query, agentId: none })).toEqual([]);
  expect(await names(tenant.job, { query, agentId: all, documentIds: [shared.id] })).toEqual(["shared.txt"]);
  expect(await names(tenant.job, { query })).toEqual(["more.txt", "shared.txt"]);
  expect(await names(tenant.member, { query })).toEqual(["more.txt", "private.txt", "shared.txt"]);
  await expect(find(tenant.job, { query, agentId: newId() })).rejects.toMatchObject({ code: "not_found" });
});

test("a document that is not completed is not found", async () => {
  const { document } = await uploadDocument(
    tenant.admin,
    { filename: "half.txt" },
    Buffer.from("Zebras have stripes."),
  );
  await readDocument(tenant.job, { documentId: document.id, attempt: 0 });
  expect(await find(tenant.admin, { query: "zebras stripes" })).toEqual([]);
});

test("a search is billed once under its key, to what it belongs to", async () => {
  await addDocument(tenant, "a.txt", "Apples are round.");
  const agentId = await addAgent({ mode: "all", documentIds: [] });
  const options = { usageKey: "exec:1:retrieve:0", source: { agentId, nodeId: "n1" } };
  await find(tenant.job, { query: "round apples" }, options);
  await find(tenant.job, { query: "round apples" }, options);
  const rows = await asTenant(tenant.admin, (tx) =>
    tx.select({ quantity: ledgerEntries.quantity }).from(ledgerEntries).where(eq(ledgerEntries.nodeId, "n1")),
  );
  expect(rows).toEqual([{ quantity: "0.000002" }]);
});

test("odd questions are answered, not failed", async () => {
  await addDocument(tenant, "odd.txt", "It's 100% & more | or <less>: (see *)!");
  for (const query of ["'", "& | ! ()", "a:*", "the of and", "100% & more", "\\", "🙂", "a\0b", " "]) {
    await expect(find(tenant.admin, { query })).resolves.toBeInstanceOf(Array);
  }
});

test("documents of a model that was switched off are still found by their words", async () => {
  await addDocument(tenant, "old.txt", "Pelicans carry fish.");
  const platform = await makePlatform();
  const setActive = (isActive: boolean) =>
    asPlatform(platform, (tx) =>
      tx.update(aiModels).set({ isActive }).where(eq(aiModels.modelKey, "internal-embedding")),
    );
  await setActive(false);
  const found = await find(tenant.admin, { query: "pelicans" });
  await setActive(true);
  expect(found).toMatchObject([{ filename: "old.txt", similarity: null, matchesWords: true }]);
});

test("a question that is tried as an agent finds as many passages as the agent is given, or says that it reads none", async () => {
  for (const day of ["Monday", "Tuesday", "Wednesday"])
    await addDocument(tenant, `${day}.txt`, `The garage opens at six on ${day}.`);
  const asked = questionForm.parse({ query: "When does the garage open?" });
  const two = await addAgent({ mode: "all", documentIds: [], topK: 2 });
  expect(await tryQuestion(tenant.member, { ...asked, agentId: two })).toHaveLength(2);
  expect(await tryQuestion(tenant.member, asked)).toHaveLength(3);
  const none = await addAgent({ mode: "none", documentIds: [] });
  await expect(tryQuestion(tenant.member, { ...asked, agentId: none })).rejects.toMatchObject({
    reason: "reads_nothing",
  });
  const { admin } = await makeTenant();
  await expect(tryQuestion(admin, { ...asked, agentId: two })).rejects.toMatchObject({ code: "not_found" });
});
