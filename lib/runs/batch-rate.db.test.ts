import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { beforeAll, expect, it } from "vitest";
import { asPlatform, asTenant } from "@/db/access";
import { database } from "@/db/pool";
import { executions } from "@/db/schema/ai";
import { notifications } from "@/db/schema/notifications";
import { subscriptions } from "@/db/schema/plans";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { getBatch } from "./batch-queries";
import { askForBatch } from "./batch-testing";
import { workOnBatch } from "./batch-work";
import { startRun } from "./commands/start";
import { drive, start } from "./commands/testing";
import { chain, publishGraph, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
beforeAll(() => seedRunPrices());

const ECHO = chain([transformNode("t", { text: "x" })], "{{ t.text }}");

/** A workspace that may start four runs a minute, and started six a while ago. */
async function limited() {
  const tenant = await makeTenant();
  const workflowId = await publishGraph(tenant.admin, "Echo", ECHO);
  for (let number = 0; number < 6; number += 1) await drive(tenant, await start(tenant, workflowId));
  const db = drizzle((await database()).pool);
  const before = { createdAt: sql`now() - interval '2 minutes'` };
  await db.update(executions).set(before).where(eq(executions.tenantId, tenant.tenantId));
  await asPlatform(await makePlatform(), (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "free", startsPerMinute: 4 }),
  );
  return { tenant, workflowId };
}

/** Works on a batch until there is no room for more of it. */
async function workOn(tenant: TestTenant, batchId: string): Promise<void> {
  let againMs: number | null = 0;
  while (againMs === 0) againMs = await workOnBatch(tenant.job, batchId, { budgetMs: 100 });
  expect(againMs).toBeGreaterThan(0);
}

it("work on many runs leaves half of a plan's starts a minute to whoever starts a run meanwhile", async () => {
  const { tenant, workflowId } = await limited();
  const { batchId } = await askForBatch(tenant.admin, "replay");
  await workOn(tenant, batchId);
  expect(await getBatch(tenant.admin, batchId)).toMatchObject({
    status: "running",
    done: 2,
    refused: 0,
    note: expect.stringContaining("starts a minute"),
  });
  for (let number = 0; number < 2; number += 1) await start(tenant, workflowId);
  await expect(start(tenant, workflowId)).rejects.toMatchObject({ reason: "start_rate" });
  const told = await asTenant(tenant.admin, (tx) => tx.select().from(notifications));
  expect(told.filter(({ kind }) => kind === "limit_reached")).toHaveLength(1);
});

it("runs whose own keys read like those of a batch take nothing of its half", async () => {
  const { tenant, workflowId } = await limited();
  const { batchId } = await askForBatch(tenant.admin, "replay");
  for (const idempotencyKey of ["batch:7", `batch:${newId()}:1`])
    await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "a" }, idempotencyKey });
  await workOn(tenant, batchId);
  expect(await getBatch(tenant.admin, batchId)).toMatchObject({ status: "running", done: 2 });
});
