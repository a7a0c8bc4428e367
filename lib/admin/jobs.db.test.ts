import { NonRetriableError } from "inngest";
import { serve } from "inngest/edge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executions } from "@/db/schema/ai";
import { auditLog } from "@/db/schema/system";
import type { PlatformScope } from "@/db/scope";
import { inngest } from "@/inngest/client";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelJob, pauseJob, purgeJobs, resumeJob, retryJob } from "./commands/jobs";
import { getJobs, listRunBacklog } from "./queries/jobs";

withTestDatabase();

const FUNCTION = "hirebuddha-work";
let platform: PlatformScope;
let tenant: TestTenant;
let isBroken = true;
const done: string[] = [];

beforeAll(async () => {
  platform = await makePlatform();
  tenant = await makeTenant();
  const work = inngest.createFunction(
    {
      id: "work",
      triggers: [{ event: "test/work" }],
      retries: 0,
      concurrency: { limit: 2, key: "event.data.tenantId" },
    },
    async ({ event, step }) => {
      if (event.data.sleeps) await step.sleep("long", "1h");
      await step.run("do", () => {
        if (isBroken) throw new NonRetriableError("The disk is full.");
        done.push(event.data.n);
      });
    },
  );
  await startEmbedded(serve({ client: inngest, functions: [work] }));
});
afterAll(() => embedded().engine.stop(2_000));

const send = (n: string, more: Record<string, unknown> = {}) =>
  inngest.send({ name: "test/work", data: { n, tenantId: tenant.tenantId, executionId: newId(), ...more } });
const jobs = async () => {
  const found = await getJobs(platform);
  if (!found) throw new Error("the embedded engine is not the engine");
  return found;
};
const audited = (action: string) =>
  asPlatform(platform, async (tx) => {
    const rows = await tx.select().from(auditLog);
    return rows.filter((row) => row.action === action);
  });

describe("jobs, as an operator sees and moves them", () => {
  it("a failure is shown with reason, job and tenant, and retried once", async () => {
    await send("first");
    const failure = await until("the failure", async () => (await jobs()).failures[0]);
    expect(failure).toMatchObject({
      functionId: FUNCTION,
      message: "The disk is full.",
      about: { tenantId: tenant.tenantId },
      retriedAs: null,
    });
    expect(failure.tenantName).toMatch(/./);
    const lane = { functionId: FUNCTION, key: tenant.tenantId, failed: 1, tenantName: failure.tenantName };
    expect((await jobs()).lanes).toContainEqual(expect.objectContaining(lane));
    isBroken = false;
    const retried = await retryJob(platform, { runId: failure.runId });
    expect(await retryJob(platform, { runId: failure.runId })).toEqual(retried);
    await until("the work", () => done.includes("first"));
    expect((await jobs()).failures[0]?.retriedAs).toBe(retried.runId);
    expect((await audited("job.retry"))[0]).toMatchObject({
      targetId: failure.runId,
      tenantId: tenant.tenantId,
      after: { functionId: FUNCTION },
      result: "done",
    });
  });

  it("a tenant's part of a job is paused and resumed, by name and in the audit log", async () => {
    const lane = { functionId: FUNCTION, key: tenant.tenantId };
    await pauseJob(platform, lane);
    await send("held");
    await until("it to wait", async () => (await jobs()).lanes.some((row) => row.due === 1 && row.isPaused));
    expect(done).not.toContain("held");
    await resumeJob(platform, lane);
    await until("it to be done", () => done.includes("held"));
    for (const action of ["job.pause", "job.resume"]) {
      expect(await audited(action)).toMatchObject([
        { targetType: "job", targetId: FUNCTION, tenantId: tenant.tenantId, after: lane },
      ]);
    }
  });

  it("a whole job is paused and resumed", async () => {
    const lane = { functionId: FUNCTION, key: "" };
    await pauseJob(platform, lane);
    expect((await jobs()).functions).toEqual([{ functionId: FUNCTION, isPaused: true }]);
    await resumeJob(platform, lane);
    expect((await jobs()).functions).toEqual([{ functionId: FUNCTION, isPaused: false }]);
  });

  it("a job under way is cancelled, and only once", async () => {
    await send("asleep", { sleeps: true });
    const open = await until("it to sleep", async () =>
      (await jobs()).open.find((run) => run.dueAt === null),
    );
    expect(open).toMatchObject({ functionId: FUNCTION, isWorking: false, tenantName: expect.any(String) });
    await cancelJob(platform, { runId: open.runId });
    expect((await jobs()).open).toEqual([]);
    await expect(cancelJob(platform, { runId: open.runId })).rejects.toMatchObject({ code: "not_found" });
    expect(await audited("job.cancel")).toMatchObject([
      { targetId: open.runId, tenantId: tenant.tenantId, before: { status: "running" } },
    ]);
  });

  it("what is ended is purged", async () => {
    expect((await jobs()).failures).not.toEqual([]);
    expect((await purgeJobs(platform)).purged).toBeGreaterThan(0);
    expect((await jobs()).failures).toEqual([]);
    expect(await audited("job.purge")).toHaveLength(1);
  });

  it("what there is none of is not found, and leaves no record", async () => {
    const before = (await audited("job.pause")).length;
    const none = { functionId: "hirebuddha-nothing", key: "" };
    for (const ask of [
      () => pauseJob(platform, none),
      () => resumeJob(platform, none),
      () => retryJob(platform, { runId: newId() }),
      () => cancelJob(platform, { runId: newId() }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ code: "not_found" });
    }
    expect(await audited("job.pause")).toHaveLength(before);
  });

  it("runs are counted by workspace and status, parts of runs aside", async () => {
    const run = (status: string, trigger = "console") => ({ tenantId: tenant.tenantId, status, trigger });
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    await asWorker(tenant.job, (tx) =>
      tx.insert(executions).values([
        run("pending"),
        run("pending"),
        run("pending", "workflow"),
        run("running"),
        run("waiting"),
        run("completed"),
        // Begun days ago, as one is that waited for a person.
        { ...run("failed"), createdAt: daysAgo(3), completedAt: daysAgo(0) },
        { ...run("failed"), createdAt: daysAgo(3), completedAt: daysAgo(2) },
      ]),
    );
    const [backlog, ...others] = await listRunBacklog(platform);
    expect(backlog).toMatchObject({
      tenantId: tenant.tenantId,
      pending: 2,
      running: 1,
      waiting: 1,
      failed: 1,
    });
    expect(backlog?.oldestPendingMs).toBeGreaterThan(0);
    expect(others).toEqual([]);
  });
});
