import { and, asc, eq } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asSystem, asTenant, asWorker } from "@/db/access";
import { tenants, users } from "@/db/schema/auth";
import { subscriptions } from "@/db/schema/plans";
import { runBatches, runBatchItems } from "@/db/schema/run-batches";
import { auditLog } from "@/db/schema/system";
import type { TenantScope } from "@/db/scope";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { type BatchOutcome, batchItemsQuery } from "./batch-input";
import { listBatchItems } from "./batch-item-queries";
import { getBatch, listRecentBatches, previewBatch } from "./batch-queries";
import { askForBatch as ask } from "./batch-testing";
import { workOnBatch } from "./batch-work";
import { stopBatch } from "./commands/batch";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { executeNode } from "./execute-node";
import { finishRun } from "./finish";
import { listRuns } from "./queries";
import { findStrayBatches } from "./sweep";
import { chain, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
let workflowId: string;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
  const graph = chain([transformNode("t", { text: "x" })], "{{ t.text }}");
  workflowId = await publishGraph(tenant.admin, "Echo", graph);
});

async function start(text: string): Promise<string> {
  const asked = { workflowId, useDraft: false, input: { text } };
  return (await startRun(tenant.admin, asked)).executionId;
}

async function completed(text: string): Promise<string> {
  const executionId = await start(text);
  for (const nodeId of ["input", "t", "output"]) await executeNode(tenant.job, { executionId, nodeId });
  await finishRun(tenant.job, executionId);
  return executionId;
}

const work = (batchId: string) => workOnBatch(tenant.job, batchId, { budgetMs: 60_000 });
const statusOf = async (id: string) => (await readRun(tenant.job, id)).run.status;
const itemsOf = (batchId: string) =>
  asTenant(tenant.admin, (tx) =>
    tx
      .select()
      .from(runBatchItems)
      .where(eq(runBatchItems.batchId, batchId))
      .orderBy(asc(runBatchItems.executionId)),
  );
const replaysOf = async () =>
  (await listRuns(tenant.admin, { limit: 100 })).items.filter((run) => run.mode === "replay");

describe("all runs that match", () => {
  it("are counted by what can be done with them, and stopped in the name of whoever asked", async () => {
    const [live, done, other] = [await start("a"), await completed("b"), await start("c")];
    expect(await previewBatch(tenant.member, { filter: { q: "echo" } })).toEqual({
      matching: 3,
      isMore: false,
      fitting: { cancel: 2, resume: 0, replay: 3 },
      upTo: other,
    });
    const requestKey = newId();
    const { batchId } = await ask(tenant.member, "cancel", {}, requestKey);
    const later = await start("d");
    expect(await ask(tenant.member, "cancel", {}, requestKey)).toEqual({ batchId, total: 2, isNew: false });
    await expect(ask(tenant.member, "cancel", { status: "pending" }, requestKey)).rejects.toMatchObject({
      reason: "idempotency_key_reused",
    });
    // It ends before its turn comes.
    for (const nodeId of ["input", "t", "output"])
      await executeNode(tenant.job, { executionId: other, nodeId });
    await finishRun(tenant.job, other);
    expect(await work(batchId)).toBeNull();
    expect(await Promise.all([live, done, other, later].map(statusOf))).toEqual([
      "cancelled",
      "completed",
      "completed",
      "pending",
    ]);
    expect(await getBatch(tenant.member, batchId)).toMatchObject({
      verb: "cancel",
      status: "completed",
      requestedByName: "Test user",
      total: 2,
      done: 1,
      refused: 1,
      left: 0,
      refusals: [{ message: "It had ended before it could be stopped.", count: 1, runs: [{ id: other }] }],
    });
    const told = await asTenant(tenant.admin, (tx) =>
      tx
        .select({ action: auditLog.action, by: auditLog.actorId, after: auditLog.after })
        .from(auditLog)
        .where(eq(auditLog.tenantId, tenant.tenantId))
        .orderBy(asc(auditLog.id)),
    );
    expect(told.filter(({ action }) => /^run\.(batch|cancel)/.test(action))).toEqual([
      { action: "run.batch_start", by: tenant.memberId, after: { verb: "cancel", filter: {}, total: 2 } },
      { action: "run.cancel", by: tenant.memberId, after: { status: "cancelled" } },
      { action: "run.batch_end", by: "test", after: { status: "completed", done: 1, refused: 1, left: 0 } },
    ]);
    const nothing = { code: "precondition", reason: "nothing_to_do" };
    await expect(ask(tenant.member, "cancel", { status: "completed" })).rejects.toMatchObject(nothing);
  });

  it("are resumed once each, whoever asks for it at once or again, and those since", async () => {
    const failed = [await start("a"), await start("b")];
    for (const executionId of failed) await cancelRun(tenant.admin, { executionId });
    const two = [await ask(tenant.admin, "resume"), await ask(tenant.member, "resume")];
    await Promise.all(two.map(({ batchId }) => work(batchId)));
    const resumesOf = async () =>
      (await listRuns(tenant.admin, { limit: 100 })).items.filter((run) => run.mode === "resume");
    expect(await resumesOf()).toHaveLength(2);
    const later = await start("c");
    await cancelRun(tenant.admin, { executionId: later });
    const { batchId } = await ask(tenant.admin, "resume", { status: "cancelled" });
    await work(batchId);
    expect(await getBatch(tenant.admin, batchId)).toMatchObject({
      total: 3,
      done: 1,
      refused: 2,
      refusals: [{ message: expect.stringContaining("was resumed already"), count: 2 }],
    });
    expect(await resumesOf()).toHaveLength(3);
  });

  it("are replayed once each, also when what was done was lost before it was written down", async () => {
    const sources = [await completed("a"), await completed("b"), await completed("c")];
    const { batchId } = await ask(tenant.admin, "replay");
    await Promise.all([work(batchId), work(batchId)]);
    const first = await itemsOf(batchId);
    expect(first.map((item) => [item.executionId, item.outcome])).toEqual(sources.map((id) => [id, "done"]));
    await asWorker(tenant.job, async (tx) => {
      const lost = and(eq(runBatchItems.batchId, batchId), eq(runBatchItems.executionId, sources[1] ?? ""));
      await tx.update(runBatchItems).set({ outcome: null, startedId: null }).where(lost);
      await tx.update(runBatches).set({ status: "running" }).where(eq(runBatches.id, batchId));
    });
    expect(await work(batchId)).toBeNull();
    expect(await itemsOf(batchId)).toEqual(first);
    expect(new Set((await replaysOf()).map((run) => run.sourceExecutionId))).toEqual(new Set(sources));
    expect(await replaysOf()).toHaveLength(3);
  });

  it("are shown with what became of each and the new run, a page at a time, by result", async () => {
    const [one, two, gone] = [await completed("a"), await completed("b"), await completed("c")];
    const { batchId } = await ask(tenant.admin, "replay");
    const seen = (query: { outcome?: BatchOutcome; cursor?: string; limit?: number } = {}) =>
      listBatchItems(tenant.member, batchId, batchItemsQuery.parse(query));
    const toGo = { name: "Echo", status: "completed", outcome: "left", startedId: null, startedStatus: null };
    expect((await seen()).items).toMatchObject([one, two, gone].map((id) => ({ ...toGo, id })));
    await asWorker(tenant.job, async (tx) => {
      const last = and(eq(runBatchItems.batchId, batchId), eq(runBatchItems.executionId, gone));
      await tx.update(runBatchItems).set({ outcome: "refused", message: "No." }).where(last);
    });
    await work(batchId);
    const first = await seen({ limit: 2 });
    const started = new Map((await replaysOf()).map((run) => [run.sourceExecutionId, run.id]));
    expect(first.items).toMatchObject(
      [one, two].map((id) => ({ id, outcome: "done", startedId: started.get(id), startedStatus: "pending" })),
    );
    expect(first.nextCursor).toBe(two);
    const rest = await seen({ limit: 2, cursor: two });
    expect(rest).toMatchObject({
      items: [{ id: gone, outcome: "refused", message: "No." }],
      nextCursor: null,
    });
    const idsOf = async (outcome: BatchOutcome) => (await seen({ outcome })).items.map((item) => item.id);
    expect(await idsOf("done")).toEqual([one, two]);
    expect(await idsOf("refused")).toEqual([gone]);
    expect(await idsOf("left")).toEqual([]);
    const stranger = await makeTenant();
    const missing = { code: "not_found" };
    await expect(listBatchItems(stranger.admin, batchId, batchItemsQuery.parse({}))).rejects.toMatchObject(
      missing,
    );
    await expect(listBatchItems(tenant.admin, "x", batchItemsQuery.parse({}))).rejects.toMatchObject(missing);
  });

  it("wait for room, so that a run somebody starts meanwhile is soon served", async () => {
    await asPlatform(await makePlatform(), (tx) =>
      tx.insert(subscriptions).values({ tenantId: tenant.tenantId, planName: "free", maxRunning: 2 }),
    );
    for (const text of ["a", "b", "c", "d", "e", "f"]) await completed(text);
    const { batchId } = await ask(tenant.admin, "replay");
    // Each turn asks for another one at once, until there is nothing it can do.
    let againMs: number | null = 0;
    while (againMs === 0) againMs = await workOnBatch(tenant.job, batchId, { budgetMs: 100 });
    expect(againMs).toBeGreaterThan(0);
    // Two go on, and no more wait in line than can go on.
    expect(await replaysOf()).toHaveLength(4);
    expect(await getBatch(tenant.admin, batchId)).toMatchObject({
      done: 4,
      left: 2,
      note: expect.stringContaining("as soon as some of the runs that are under way have ended"),
    });
    expect((await listRecentBatches(tenant.admin)).map((batch) => batch.id)).toEqual([batchId]);
    const stop = await ask(tenant.admin, "cancel", {});
    await work(stop.batchId);
    expect(await work(batchId)).toBeNull();
    expect(await getBatch(tenant.admin, batchId)).toMatchObject({ status: "completed", done: 6, note: null });
    expect((await listRecentBatches(tenant.admin)).map((batch) => batch.id)).toEqual([stop.batchId, batchId]);
    expect(await listRecentBatches(tenant.member)).toEqual([]);
  });

  it("are left alone from when it is stopped, or whoever asked has left", async () => {
    const [one, two] = [await start("a"), await start("b")];
    const stopped = await ask(tenant.member, "cancel");
    const stray = { tenantId: tenant.tenantId, batchId: stopped.batchId };
    await asSystem("test", async (tx) => {
      await tx.update(users).set({ isActive: false }).where(eq(users.id, tenant.memberId));
    });
    await asWorker(tenant.job, (tx) =>
      tx.update(runBatches).set({ updatedAt: new Date(Date.now() - 90_000) }),
    );
    expect(await findStrayBatches()).toMatchObject([stray]);
    expect(await work(stopped.batchId)).toBeNull();
    expect(await getBatch(tenant.admin, stopped.batchId)).toMatchObject({
      status: "stopped",
      note: expect.stringContaining("no longer active"),
      left: 2,
    });
    const own = await ask(tenant.admin, "cancel");
    expect(await stopBatch(tenant.admin, own)).toEqual({ status: "stopped" });
    expect(await stopBatch(tenant.admin, own)).toEqual({ status: "stopped" });
    expect(await work(own.batchId)).toBeNull();
    expect(await Promise.all([one, two].map(statusOf))).toEqual(["pending", "pending"]);
    expect(await findStrayBatches()).toEqual([]);
  });

  it("wait while the workspace is suspended, and go on once it is active; they are stopped there all the same", async () => {
    for (const text of ["a", "b"]) await completed(text);
    const live = await start("c");
    const [replay, cancel] = [
      await ask(tenant.admin, "replay", { status: "completed" }),
      await ask(tenant.admin, "cancel"),
    ];
    const become = (status: string) =>
      asSystem("test", (tx) => tx.update(tenants).set({ status }).where(eq(tenants.id, tenant.tenantId)));
    const strays = async () => {
      const updatedAt = new Date(Date.now() - 90_000);
      await asWorker(tenant.job, (tx) => tx.update(runBatches).set({ updatedAt }));
      return (await findStrayBatches()).map(({ batchId }) => batchId);
    };
    await become("suspended");
    expect(await work(replay.batchId)).toBeNull();
    expect(await getBatch(tenant.admin, replay.batchId)).toMatchObject({
      status: "running",
      note: expect.stringContaining("This workspace is suspended"),
      done: 0,
      refused: 0,
      left: 2,
    });
    expect(await strays()).toEqual([cancel.batchId]);
    expect(await work(cancel.batchId)).toBeNull();
    expect(await statusOf(live)).toBe("cancelled");

    await become("active");
    expect(await strays()).toEqual([replay.batchId]);
    expect(await work(replay.batchId)).toBeNull();
    expect(await getBatch(tenant.admin, replay.batchId)).toMatchObject({ status: "completed", done: 2 });
  });

  it("are the workspace's own", async () => {
    await start("a");
    const { batchId } = await ask(tenant.admin, "cancel");
    const stranger = await makeTenant();
    expect((await previewBatch(stranger.admin, { filter: {} })).matching).toBe(0);
    const missing = { code: "not_found" };
    await expect(getBatch(stranger.admin, batchId)).rejects.toMatchObject(missing);
    await expect(stopBatch(stranger.admin, { batchId })).rejects.toMatchObject(missing);
    expect(await workOnBatch(stranger.job, batchId, { budgetMs: 100 })).toBeNull();
    const visitor = {
      ...tenant.admin,
      actor: { kind: "user", userId: newId(), sessionId: newId(), impersonatorId: newId() },
    } as TenantScope;
    await expect(ask(visitor, "cancel")).rejects.toMatchObject({ code: "forbidden", reason: "not_a_member" });
  });
});
