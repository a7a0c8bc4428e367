import { asc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant } from "@/db/access";
import { database } from "@/db/pool";
import {
  notificationPreferences,
  notifications,
  webhookDeliveries,
  webhookEndpoints,
} from "@/db/schema/notifications";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { getBatch } from "./batch-queries";
import { askForBatch } from "./batch-testing";
import { workOnBatch } from "./batch-work";
import { stopBatch } from "./commands/batch";
import { startRun } from "./commands/start";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();

let tenant: TestTenant;
let runs: string[];
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  const graph = chain([transformNode("t", { text: "x" })], "{{ t.text }}");
  const workflowId = await publishGraph(tenant.admin, "Echo", graph);
  runs = [];
  for (const text of ["a", "b", "c"]) {
    const asked = { workflowId, useDraft: false, input: { text } };
    runs.push((await startRun(tenant.admin, asked)).executionId);
  }
});

/** As if it had been asked for a minute ago. */
async function age(batchId: string): Promise<void> {
  const db = drizzle((await database()).pool);
  const before = { createdAt: sql`now() - interval '1 minute'` };
  await db.update(runBatches).set(before).where(eq(runBatches.id, batchId));
}

const work = (batchId: string) => workOnBatch(tenant.job, batchId, { budgetMs: 60_000 });
const told = () =>
  asTenant(tenant.admin, (tx) =>
    tx
      .select({
        userId: notifications.userId,
        title: notifications.title,
        body: notifications.body,
        href: notifications.href,
      })
      .from(notifications)
      .orderBy(asc(notifications.id)),
  );

describe("the end of a batch", () => {
  it("is told to whoever asked for it, once, with what became of its runs", async () => {
    const { batchId } = await askForBatch(tenant.member, "replay");
    await age(batchId);
    await asTenant(tenant.admin, (tx) =>
      tx.insert(webhookEndpoints).values({
        tenantId: tenant.tenantId,
        url: "https://example.com/hook",
        kinds: ["batch_ended"],
        sealedSecret: "-",
      }),
    );
    const db = drizzle((await database()).pool);
    await db
      .update(runBatchItems)
      .set({ outcome: "refused", message: "A secret of the run." })
      .where(eq(runBatchItems.executionId, runs[0] ?? ""));
    await Promise.all([work(batchId), work(batchId)]);
    const expected = {
      userId: tenant.memberId,
      title: "2 runs replayed, 1 not possible",
      body: "Its page says why it was not possible with the others.",
      href: `/app/runs/batches/${batchId}`,
    };
    expect(await told()).toEqual([expected]);
    // A turn that was lost after its end was written down comes again.
    await db.update(runBatches).set({ status: "running" }).where(eq(runBatches.id, batchId));
    expect(await work(batchId)).toBeNull();
    expect(await told()).toEqual([expected]);
    const sent = await asTenant(tenant.admin, (tx) =>
      tx.select({ payload: webhookDeliveries.payload }).from(webhookDeliveries),
    );
    expect(sent).toMatchObject([
      { payload: { type: "batch_ended", data: { batchId, verb: "replay", status: "completed" } } },
    ]);
  });

  it("is not told to somebody who saw it end, or wants to hear nothing of it", async () => {
    const own = await askForBatch(tenant.member, "cancel");
    await age(own.batchId);
    await stopBatch(tenant.member, own);
    const quick = await askForBatch(tenant.member, "replay");
    await work(quick.batchId);
    const chosen = { kind: "batch_ended", inApp: false, byMail: false };
    await asTenant(tenant.admin, (tx) =>
      tx
        .insert(notificationPreferences)
        .values({ tenantId: tenant.tenantId, userId: tenant.adminId, ...chosen }),
    );
    const unwanted = await askForBatch(tenant.admin, "cancel");
    await age(unwanted.batchId);
    await work(unwanted.batchId);
    const ends = [own, quick, unwanted].map(({ batchId }) => getBatch(tenant.admin, batchId));
    expect((await Promise.all(ends)).map(({ status }) => status)).toEqual([
      "stopped",
      "completed",
      "completed",
    ]);
    expect(await told()).toEqual([]);
  });

  it("is told when somebody else stopped it", async () => {
    const { batchId } = await askForBatch(tenant.member, "cancel");
    await stopBatch(tenant.admin, { batchId });
    await stopBatch(tenant.admin, { batchId });
    expect(await told()).toEqual([
      {
        userId: tenant.memberId,
        title: "Stopping 3 runs was stopped",
        body: "What was done stays done, and the others are left alone.",
        href: `/app/runs/batches/${batchId}`,
      },
    ]);
  });
});
