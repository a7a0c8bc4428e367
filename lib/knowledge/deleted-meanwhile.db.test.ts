import { Readable } from "node:stream";
import { beforeAll, expect, it } from "vitest";
import { until } from "@/inngest/engine/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { readDocument } from "./commands/ingest";
import { deleteDocument } from "./commands/manage";
import { uploadDocument } from "./commands/upload";
import { parseDocument } from "./parse/run";
import { getDocument } from "./queries";
import { seedEmbeddingModel } from "./testing";

withTestDatabase();
beforeAll(() => seedEmbeddingModel());

it("a document that is deleted while others are read before it ends quietly", async () => {
  const tenant = await makeTenant();
  const { document } = await uploadDocument(tenant.admin, { filename: "gone.txt" }, Buffer.from("Gone."));
  const others = [1, 2].map(() => new Readable({ read: () => undefined }));
  const read = others.map((file) => parseDocument(async () => file, "txt"));
  const reading = readDocument(tenant.job, { documentId: document.id, attempt: 0 });
  await until("its turn to be waited for", async () => {
    return (await getDocument(tenant.admin, document.id)).stage === "parsing";
  });
  await deleteDocument(tenant.admin, { documentId: document.id });
  for (const file of others) file.push(null);
  await Promise.all(read);
  expect(await reading).toBe("skipped");
});
