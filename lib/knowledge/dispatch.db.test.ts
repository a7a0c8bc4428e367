import { eq } from "drizzle-orm";
import { beforeAll, expect, test, vi } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { documents } from "@/db/schema/knowledge";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { waiting } from "@/lib/testing/held";
import { makeTenant } from "@/lib/testing/scopes";
import { uploadDocument } from "./commands/upload";
import { dispatchIngestion } from "./dispatch";
import { seedEmbeddingModel } from "./testing";

withTestDatabase();
beforeAll(() => seedEmbeddingModel());

test.skipIf(!testServerUrl())(
  "an attempt that begins while the one before it is being sent is still to be sent",
  async () => {
    const tenant = await makeTenant();
    const { document } = await uploadDocument(tenant.admin, { filename: "a.txt" }, Buffer.from("Some text."));
    const client = await (await database()).pool.connect();
    try {
      await client.query("begin");
      await client.query("update documents set attempt = attempt + 1, dispatched_at = null where id = $1", [
        document.id,
      ]);
      const sent = dispatchIngestion(tenant.job, document.id);
      await vi.waitUntil(async () => (await waiting()) > 0, { timeout: 60_000 });
      await client.query("commit");
      await sent;
    } finally {
      client.release();
    }
    const [row] = await asTenant(tenant.admin, (tx) =>
      tx
        .select({ attempt: documents.attempt, dispatchedAt: documents.dispatchedAt })
        .from(documents)
        .where(eq(documents.id, document.id)),
    );
    expect(row).toEqual({ attempt: 1, dispatchedAt: null });
  },
);
