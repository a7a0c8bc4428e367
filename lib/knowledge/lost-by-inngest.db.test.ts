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

const { taken, server } = await vi.hoisted(async () =>
  (await import("@/inngest/forgetful-testing")).startForgetfulInngest(),
);
afterAll(() => void server.close());

withTestDatabase();

it("a document that an Inngest server took and forgot is sent again, as another event, and not while it makes progress", async () => {
  await seedEmbeddingModel();
  const { admin } = await makeTenant();
  const { document } = await uploadDocument(admin, { filename: "a.txt" }, Buffer.from("Some text."));
  const first = `document:${document.id}:0`;
  const sent = () => taken.map(({ id }) => id);
  expect(sent()).toEqual([first]);
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
  expect(sent()).toEqual([first, expect.stringMatching(new RegExp(`^${first}:again:\\d+$`))]);
  expect(await dispatchWaitingDocuments(await jobTime())).toBe(0);
});
