import { eq } from "drizzle-orm";
import { beforeAll, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { newId } from "@/lib/ids";
import { makeAgent, seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { findDocuments } from "./choice-queries";
import { findDocumentsInput } from "./input";

withTestDatabase();
beforeAll(() => seedRunPrices());

async function plant({ tenantId, admin }: TestTenant, filename: string, agentId: string | null = null) {
  const id = newId();
  const row = { id, tenantId, filename, agentId, fileType: "txt", sha256: id, storageKey: id };
  await asTenant(admin, (tx) => tx.insert(documents).values({ ...row, uploadStatus: "completed" }));
  return id;
}

it("documents are found by a part of their name, of those that an agent may be given", async () => {
  const [tenant, stranger] = [await makeTenant(), await makeTenant()];
  const [ana, ben] = [await makeAgent(tenant.admin, "Ana"), await makeAgent(tenant.admin, "Ben")];
  const shared = ["Prices 2026.txt", "prices_old.txt"];
  for (const name of [...shared, "terms.txt"]) await plant(tenant, name);
  await plant(tenant, "prices of Ana.txt", ana);
  await plant(tenant, "prices of Ben.txt", ben);
  const found = async (text: string, forAgent?: string | null, { member }: TestTenant = tenant) =>
    (await findDocuments(member, findDocumentsInput.parse({ text, forAgent })))
      .map(({ filename }) => filename)
      .sort();
  expect(await found("PRICES", null)).toEqual(shared);
  expect(await found(" prices ", ana)).toEqual([...shared, "prices of Ana.txt"].sort());
  expect(await found("prices")).toHaveLength(4);
  expect(await found("s_o", null), "not any letter").toEqual(["prices_old.txt"]);
  expect(await found("%", null)).toEqual([]);
  expect(await found("prices", null, stranger)).toEqual([]);
});

it("of documents that were chosen it is told which are still there, and nobody else's", async () => {
  const [tenant, stranger] = [await makeTenant(), await makeTenant()];
  const ids = [await plant(tenant, "a.txt"), await plant(tenant, "b.txt"), await plant(stranger, "c.txt")];
  await asTenant(tenant.admin, (tx) => tx.delete(documents).where(eq(documents.id, ids[0] ?? "")));
  const left = await findDocuments(tenant.member, findDocumentsInput.parse({ ids }));
  expect(left.map(({ filename }) => filename)).toEqual(["b.txt"]);
});
