import { eq, sql } from "drizzle-orm";
import { afterAll, expect, it, vi } from "vitest";
import { asTenant } from "@/db/access";
import { documents } from "@/db/schema/knowledge";
import { jobTime } from "@/lib/present-time";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { dispatchWaitingDocuments } from "./commands/sweep";
import { uploadDocument } from "./commands/upload";
import { seedEmbeddingModel } from "./testing";

/** An Inngest that takes events and forgets them. It listens before the settings are read, which name it. */
const { taken, server } = await vi.hoisted(async () => {
  const { createServer } = await import("node:http");
  const taken: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const ids = JSON.parse(Buffer.concat(parts).toString("utf8")).map(({ id }: { id: string }) => id);
    taken.push(...ids);
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ids, status: 200 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  vi.stubEnv("INNGEST_DEV", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  return { taken, server };
});
afterAll(() => void server.close());

withTestDatabase();

it("a document that an Inngest server took and forgot is sent again, as another event, and not while it makes progress", async () => {
  await seedEmbeddingModel();
  const { admin } = await makeTenant();
  const { document } = await uploadDocument(admin, { filename: "a.txt" }, Buffer.from("Some text."));
  const first = `document:${document.id}:0`;
  expect(taken).toEqual([first]);
  const letPass = (ofProgress: string) =>
    asTenant(admin, (tx) =>
      tx
        .update(documents)
        .set({
          dispatchedAt: sql`now() - interval '11 minutes'`,
          updatedAt: sql`now() - ${ofProgress}::interval`,
        })
        .where(eq(documents.id, document.id)),
    );
  await letPass("1 minute");
  expect(await dispatchWaitingDocuments(await jobTime())).toBe(0);
  await letPass("11 minutes");
  expect(await dispatchWaitingDocuments(await jobTime())).toBe(1);
  expect(taken).toEqual([first, expect.stringMatching(new RegExp(`^${first}:again:\\d+$`))]);
  expect(await dispatchWaitingDocuments(await jobTime())).toBe(0);
});
