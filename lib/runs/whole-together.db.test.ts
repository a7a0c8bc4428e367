import { and, eq, inArray } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { asSystem, asTenant, asWorker } from "@/db/access";
import { ledgerEntries } from "@/db/schema/billing";
import { subscriptions } from "@/db/schema/plans";
import { auditLog } from "@/db/schema/system";
import type { TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { startRun } from "@/lib/runs/commands/start";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { brokenMoney, give, prepaidTenant } from "@/lib/wallet/testing";
import { chain, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await seedRunPrices();
  await startEmbedded(handler);
});
afterAll(() => embedded().engine.stop(2_000));
afterEach(async () => {
  expect(await brokenMoney()).toEqual([]);
});

const NODE_FEE = 100n;
const NODES = 3n;

const publish = (admin: TenantScope) =>
  publishGraph(admin, "Echo", chain([transformNode("t", { text: "{{ input.text }}!" })], "{{ t.text }}"));

const start = (scope: TenantScope, workflowId: string, text: string, idempotencyKey?: string) =>
  startRun(scope, {
    workflowId,
    useDraft: false,
    input: { text },
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });

it("keeps apart what many starts at once are: their inputs, their bills, and who asked", async () => {
  const tenant = await makeTenant();
  const askers = [tenant.admin, tenant.member];
  const workflowId = await publish(tenant.admin);
  const started = await Promise.all(
    Array.from({ length: 40 }, (_, at) => start(askers[at % 2] ?? tenant.admin, workflowId, `${at}`)),
  );
  expect(new Set(started.map(({ status }) => status))).toEqual(new Set(["completed"]));
  const ids = started.map(({ executionId }) => executionId);
  for (const [at, id] of ids.entries()) {
    const { run, steps, ledger } = await readRun(tenant.job, id);
    expect(run).toMatchObject({ status: "completed", resultData: { result: `${at}!` } });
    expect(steps).toHaveLength(Number(NODES));
    expect(ledger).toHaveLength(Number(NODES));
  }
  const told = await asTenant(tenant.admin, (tx) =>
    tx
      .select({ id: auditLog.targetId, actor: auditLog.actorId })
      .from(auditLog)
      .where(and(eq(auditLog.action, "run.start"), inArray(auditLog.targetId, ids))),
  );
  const actors = new Map(told.map(({ id, actor }) => [id, actor]));
  expect(ids.map((id) => actors.get(id))).toEqual(
    ids.map((_, at) => (at % 2 === 0 ? tenant.adminId : tenant.memberId)),
  );
});

it("lets one that is refused fail alone", async () => {
  const { admin } = await makeTenant();
  const workflowId = await publish(admin);
  await start(admin, workflowId, "first", "key");
  const started = await Promise.allSettled([
    ...Array.from({ length: 5 }, (_, at) => start(admin, workflowId, `${at}`)),
    start(admin, workflowId, "another", "key"),
    ...Array.from({ length: 5 }, () => start(admin, workflowId, "same", "other key")),
  ]);
  expect(started.map(({ status }) => status)).toEqual([
    ...Array.from({ length: 5 }, () => "fulfilled"),
    "rejected",
    ...Array.from({ length: 5 }, () => "fulfilled"),
  ]);
  expect(started[5]).toMatchObject({ reason: { code: "conflict", reason: "idempotency_key_reused" } });
  const keyed = started.slice(6).flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(new Set(keyed.map(({ executionId }) => executionId)).size).toBe(1);
  expect(keyed.filter(({ isNew }) => isNew)).toHaveLength(1);
});

it("ends as many as there is money for, and the others wait for more", async () => {
  const tenant = await prepaidTenant();
  const workflowId = await publish(tenant.admin);
  await give(tenant, { kind: "topup", source: "paid", amount: 10n * NODES * NODE_FEE, key: "gift" });
  const started = await Promise.all(
    Array.from({ length: 16 }, (_, at) => start(tenant.admin, workflowId, `${at}`)),
  );
  expect(started.filter(({ status }) => status === "completed")).toHaveLength(10);
  expect(started.filter(({ status }) => status === "pending")).toHaveLength(6);
  const paid = await asWorker(tenant.job, (tx) =>
    tx
      .select({ run: ledgerEntries.executionId })
      .from(ledgerEntries)
      .where(eq(ledgerEntries.tenantId, tenant.tenantId)),
  );
  const ended = started.flatMap(({ status, executionId }) => (status === "completed" ? [executionId] : []));
  expect(new Set(paid.map(({ run }) => run))).toEqual(new Set(ended));
});

it("never starts more in a minute than the plan allows, however many come at once", async () => {
  const tenant = await makeTenant();
  const workflowId = await publish(tenant.admin);
  await asSystem("test", (tx) =>
    tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "small", startsPerMinute: 5 }),
  );
  const started = await Promise.allSettled(
    Array.from({ length: 12 }, (_, at) => start(tenant.admin, workflowId, `${at}`)),
  );
  expect(started.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  for (const one of started)
    if (one.status === "rejected")
      expect(one.reason).toMatchObject({ code: "rate_limited", reason: "start_rate" });
});
