import { eq } from "drizzle-orm";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { asPlatform, asTenant, asWorker } from "@/db/access";
import { notifications, webhookDeliveries } from "@/db/schema/notifications";
import { subscriptions } from "@/db/schema/plans";
import { currentTime, shiftClock } from "@/lib/clock";
import { createEndpoint } from "@/lib/notifications/commands/endpoints";
import type { NoticeKind } from "@/lib/notifications/kinds";
import { endRun } from "@/lib/runs/end-run";
import { failRun } from "@/lib/runs/finish";
import { newFollowUps } from "@/lib/runs/follow-up";
import { loadRun } from "@/lib/runs/store";
import { seedRunPrices } from "@/lib/runs/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { setWorkflowActive } from "@/lib/workflows/commands/manage";
import { deleteTrigger, setTriggerActive, updateTrigger } from "./commands/manage";
import { runTick } from "./commands/run-tick";
import { updateTriggerInput } from "./input";
import { getTrigger } from "./queries";
import { HOURLY, scheduling } from "./schedule-testing";
import { startOnce } from "./start";
import { loadTrigger } from "./store";
import { findDueTicks } from "./sweep";
import { deliveryRows, publishGreeting } from "./testing";

withTestDatabase();

let ours: TestTenant;
let workflowId: string;
beforeAll(async () => {
  await seedRunPrices();
  ours = await makeTenant();
  workflowId = await publishGreeting(ours.admin);
});
afterEach(() => shiftClock(0));

const { schedule, atNextTick, runsOf } = scheduling(() => ({ tenant: ours, workflowId }));

async function fire(triggerId: string): Promise<string> {
  const tick = await atNextTick(triggerId);
  expect(await runTick(ours.job, triggerId, tick)).toBe("started");
  const run = (await runsOf(triggerId)).at(-1);
  if (!run) throw new Error("nothing was started");
  return run.id;
}

describe("a tick", () => {
  it("starts one run, whoever comes for it and how often, and the schedule goes on", async () => {
    const id = await schedule();
    const tick = await atNextTick(id);
    expect(await runTick(ours.job, id, new Date(tick.getTime() + 3_600_000))).toBe("nothing");
    const outcomes = await Promise.all([runTick(ours.job, id, tick), runTick(ours.job, id, tick)]);
    expect(outcomes).toContain("started");
    expect(await runTick(ours.job, id, tick)).toBe("nothing");
    const runs = await runsOf(id);
    expect(runs).toMatchObject([
      { trigger: "schedule", workflowId, inputData: { customer: "Ada", total: 3 }, startedBy: null },
    ]);
    expect(await deliveryRows(ours.admin, id)).toMatchObject([
      { deliveryKey: tick.toISOString(), status: "accepted", executionId: runs[0]?.id },
    ]);
    const { nextAt } = await getTrigger(ours.admin, id);
    expect(nextAt).toEqual(new Date(tick.getTime() + 3_600_000));
  });

  it("starts one run when the process ended between the start and the log", async () => {
    const id = await schedule();
    const tick = await atNextTick(id);
    const trigger = await asWorker(ours.job, (tx) => loadTrigger(tx, ours.job, id));
    const before = await startOnce(ours.job, trigger, tick.toISOString(), HOURLY.input);
    expect(await runTick(ours.job, id, tick)).toBe("started");
    expect(await runsOf(id)).toMatchObject([{ id: before.executionId }]);
    expect(await deliveryRows(ours.admin, id)).toMatchObject([{ executionId: before.executionId }]);
  });

  it("does not come before its time, nor to a schedule that is off, and is found when it is near", async () => {
    const id = await schedule({ cron: "* * * * *" });
    const due = await findDueTicks();
    expect(due.filter((one) => one.triggerId === id)).toHaveLength(1);
    const far = await schedule({ cron: "0 0 1 1 *" });
    const { nextAt } = await getTrigger(ours.admin, far);
    expect((await findDueTicks()).map((one) => one.triggerId)).not.toContain(far);
    expect(await runTick(ours.job, far, nextAt ?? currentTime())).toBe("nothing");
    await setTriggerActive(ours.admin, { triggerId: id, isActive: false });
    expect((await getTrigger(ours.admin, id)).nextAt).toBeNull();
    expect((await findDueTicks()).map((one) => one.triggerId)).not.toContain(id);
  });
});

describe("a schedule that fails", () => {
  const fail = async (executionId: string) =>
    failRun(ours.job, executionId, { code: "upstream", message: "The shop did not answer." });
  const failures = async (id: string) => (await getTrigger(ours.admin, id)).failuresInRow;

  it("is turned off at its limit, with a notification and a mail, and a good run begins the count anew", async () => {
    const kinds: NoticeKind[] = ["schedule_off"];
    await createEndpoint(ours.admin, { url: "https://systems.example.com/hook", description: "", kinds });
    const id = await schedule({ maxFailures: 2 });
    await fail(await fire(id));
    expect(await failures(id)).toBe(1);
    const good = await fire(id);
    await asWorker(ours.job, async (tx) =>
      endRun(
        tx,
        ours.job,
        await loadRun(tx, ours.job, good),
        { status: "completed", result: {} },
        newFollowUps(),
      ),
    );
    expect(await failures(id)).toBe(0);
    await fail(await fire(id));
    await fail(await fire(id));
    expect(await getTrigger(ours.admin, id)).toMatchObject({
      isActive: false,
      nextAt: null,
      failuresInRow: 2,
      disabledReason: expect.stringContaining("2 times in a row"),
    });
    const told = await asTenant(ours.admin, (tx) =>
      tx.select().from(notifications).where(eq(notifications.kind, "schedule_off")),
    );
    expect(told).toMatchObject([{ userId: ours.adminId, href: expect.stringContaining(id) }]);
    const messages = await asTenant(ours.admin, (tx) =>
      tx.select({ payload: webhookDeliveries.payload }).from(webhookDeliveries),
    );
    expect(messages).toMatchObject([{ payload: { data: { workflowId, triggerId: id } } }]);
    const mails = await mailsTo(`${ours.adminId}@example.test`);
    expect(mails.filter(({ subject }) => subject.includes("A schedule"))).toHaveLength(1);
    await setTriggerActive(ours.admin, { triggerId: id, isActive: true });
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: true, failuresInRow: 0 });
  });

  it("and is turned on again is not turned off for what was begun before", async () => {
    const id = await schedule({ maxFailures: 1 });
    const trigger = await asWorker(ours.job, (tx) => loadTrigger(tx, ours.job, id));
    const begin = async (key: string) => (await startOnce(ours.job, trigger, key, HOURLY.input)).executionId;
    const [first, second] = [await begin("first"), await begin("second")];
    await fail(first);
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: false });
    await setTriggerActive(ours.admin, { triggerId: id, isActive: true });
    await fail(second);
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: true, failuresInRow: 0 });
    await fail(await fire(id));
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: false, failuresInRow: 1 });
  });

  it("that was deleted does not keep its last run from ending", async () => {
    const id = await schedule();
    const executionId = await fire(id);
    await deleteTrigger(ours.admin, { triggerId: id });
    await fail(executionId);
    expect((await runsOf(id)).map((run) => run.status)).toEqual(["failed"]);
  });

  it("counts a start that is refused, but not one that the workflow's owner switched off", async () => {
    const id = await schedule({ maxFailures: 1 });
    await setWorkflowActive(ours.admin, { workflowId, isActive: false });
    expect(await runTick(ours.job, id, await atNextTick(id))).toBe("refused");
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: true, failuresInRow: 0 });
    await setWorkflowActive(ours.admin, { workflowId, isActive: true });
    expect(await deliveryRows(ours.admin, id)).toMatchObject([
      { status: "rejected", reason: expect.stringContaining("inactive") },
    ]);
  });

  it("goes on when its runs stopped because the workspace was suspended", async () => {
    const id = await schedule({ maxFailures: 1 });
    const stopped = { code: "tenant_suspended", message: "This workspace is suspended." };
    await failRun(ours.job, await fire(id), stopped);
    expect((await runsOf(id)).map((run) => run.status)).toEqual(["failed"]);
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: true, failuresInRow: 0 });
  });

  it("goes on when as many runs wait already as the plan allows", async () => {
    const id = await schedule({ maxFailures: 1 });
    const full = { tenantId: ours.tenantId, planName: "full", maxRunning: 0, maxQueued: 0 };
    await asPlatform(await makePlatform(), (tx) => tx.insert(subscriptions).values(full));
    expect(await runTick(ours.job, id, await atNextTick(id))).toBe("refused");
    await asPlatform(await makePlatform(), (tx) =>
      tx
        .update(subscriptions)
        .set({ maxRunning: null, maxQueued: null })
        .where(eq(subscriptions.tenantId, ours.tenantId)),
    );
    expect(await deliveryRows(ours.admin, id)).toMatchObject([
      { status: "rejected", reason: expect.stringContaining("the most your plan allows") },
    ]);
    expect(await getTrigger(ours.admin, id)).toMatchObject({ isActive: true, failuresInRow: 0 });
  });

  it("cannot be saved with an input that does not fit, or a time that never comes", async () => {
    const id = await schedule();
    const save = async (settings: Record<string, unknown>) =>
      updateTrigger(
        ours.admin,
        updateTriggerInput.parse({ kind: "schedule", triggerId: id, name: "Nightly", settings }),
      );
    await expect(save({ ...HOURLY, input: { total: "many" } })).rejects.toMatchObject({
      fields: {
        "settings.input.customer": [expect.any(String)],
        "settings.input.total": [expect.any(String)],
      },
    });
    await expect(save({ ...HOURLY, cron: "0 25 * * *" })).rejects.toThrow("does not work as the hour");
    await expect(save({ ...HOURLY, timeZone: "Mars/Base" })).rejects.toThrow("no such time zone");
    await save({ ...HOURLY, cron: "30 6 * * *" });
    expect((await getTrigger(ours.admin, id)).nextAt?.getUTCMinutes()).toBe(30);
  });
});

describe("a schedule that is edited", () => {
  const edit = (triggerId: string, changes: { name?: string; cron?: string; updatedAt?: string }) => {
    const { cron = HOURLY.cron, ...rest } = changes;
    const settings = { ...HOURLY, missed: "run_once", cron };
    return updateTrigger(
      ours.admin,
      updateTriggerInput.parse({ kind: "schedule", triggerId, name: "Nightly", ...rest, settings }),
    );
  };

  it("still does what is due when its times stay as they were", async () => {
    const id = await schedule({ missed: "run_once" });
    const tick = await atNextTick(id, 600_000);
    await edit(id, { name: "Renamed while nothing was running" });
    expect(await runTick(ours.job, id, tick)).toBe("started");
    expect(await runsOf(id)).toHaveLength(1);
  });

  it("begins anew when its times are others", async () => {
    const id = await schedule({ missed: "run_once" });
    const tick = await atNextTick(id, 600_000);
    await edit(id, { cron: "30 6 * * *" });
    expect(await runTick(ours.job, id, tick)).toBe("nothing");
    expect(await runsOf(id)).toEqual([]);
  });

  it("is not saved over what somebody else saved since it was opened", async () => {
    const id = await schedule();
    const opened = (await getTrigger(ours.admin, id)).updatedAt.toISOString();
    await edit(id, { cron: "30 6 * * *", updatedAt: opened });
    await expect(edit(id, { name: "Stale", updatedAt: opened })).rejects.toMatchObject({
      code: "conflict",
      reason: "stale_trigger",
    });
    expect(await getTrigger(ours.admin, id)).toMatchObject({
      name: "Nightly",
      config: { cron: "30 6 * * *" },
    });
  });
});
