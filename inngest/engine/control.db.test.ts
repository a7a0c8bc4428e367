import { NonRetriableError, referenceFunction } from "inngest";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { runDueCrons } from "./cron";
import { Engine } from "./engine";
import { savedFunctions } from "./functions";
import { readFunctions } from "./lanes";
import type { EngineDatabase } from "./port";
import { findRun, readFailedRuns, readOpenRuns } from "./runs";
import { readStall } from "./stall";
import { type TestApp, testApp, until, untilQuiet } from "./testing";

withTestDatabase();

const YEARLY = "0 0 1 1 *";
let db: EngineDatabase;
let app: TestApp;
/** An engine as a web process has it: it serves no function and takes no work. */
let remote: Engine;
let isBroken = true;

beforeAll(async () => {
  db = await enginePort();
  app = await testApp(
    db,
    (inngest, note) => [
      inngest.createFunction(
        {
          id: "fragile",
          triggers: [{ event: "fragile" }],
          retries: 0,
          idempotency: "event.data.key",
          concurrency: { limit: 1, key: "event.data.tenant" },
          cancelOn: [{ event: "fragile/stop", match: "data.key" }],
        },
        async ({ event, step }) => {
          note("begun", event.data.key);
          await step.run("do", () => {
            if (isBroken) throw new NonRetriableError("broken today");
          });
          if (event.data.sleeps) await step.sleep("long", "1h");
          note("done", event.data.key);
        },
      ),
      inngest.createFunction(
        { id: "parent", triggers: [{ event: "parent" }], retries: 0 },
        async ({ event, step }) => {
          const child = referenceFunction({ appId: "test", functionId: "fragile" });
          const call = step.invoke("child", { function: child, data: event.data });
          note("parent", await call.catch((error: Error) => error.message));
        },
      ),
      inngest.createFunction(
        { id: "heard", triggers: [{ event: "inngest/function.cancelled" }] },
        ({ event }) => note("cancelled", event.data.run_id),
      ),
      inngest.createFunction({ id: "yearly", triggers: [{ cron: YEARLY }] }, () => note("yearly", true)),
    ],
    { backstopMs: 60_000 },
  );
  remote = new Engine({
    db,
    log: console,
    handler: { url: "http://nowhere.test", signingKey: "", send: () => Promise.reject(new Error("none")) },
  });
  await app.engine.start();
});
afterAll(() => app.engine.stop(2_000));
beforeEach(() => {
  isBroken = true;
});

const send = (data: Record<string, unknown>) => app.inngest.send({ name: "fragile", data });
const failedRun = async (key: string) =>
  until(`${key} to fail`, async () => {
    const failed = await readFailedRuns(db, { limit: 50, fields: ["key"] });
    return failed.find((run) => run.about.key === key);
  });
const openRun = async (key: string) =>
  until(`${key} to sleep`, async () => {
    const open = await readOpenRuns(db, { limit: 50, fields: ["key"] });
    return open.find((run) => run.about.key === key && run.dueAt === null);
  });

describe("what operators do, from a process that takes no work", () => {
  it("a failed run is retried once, whatever its idempotency key", async () => {
    await send({ key: "again", tenant: "a" });
    const failed = await failedRun("again");
    expect(failed).toMatchObject({ functionId: "test-fragile", message: "broken today", retriedAs: null });
    isBroken = false;
    const [one, two] = await Promise.all([
      remote.controls.retry(failed.runId),
      remote.controls.retry(failed.runId),
    ]);
    expect(one).toEqual({ outcome: "started", runId: expect.any(String) });
    expect(two).toEqual(one);
    await until("the work to be done", () => app.noted("done").includes("again"));
    await untilQuiet(db);
    expect(app.noted("done").filter((key) => key === "again")).toEqual(["again"]);
    expect((await failedRun("again")).retriedAs).toBe(one.outcome === "started" ? one.runId : null);
  });

  it("what failed last is shown first, however long ago it was begun", async () => {
    await send({ key: "young", tenant: "a" });
    const young = await failedRun("young");
    await db.query(
      `INSERT INTO engine.run (id, function_id, lane, event, status, created_at, ended_at)
       SELECT gen_random_uuid(), function_id, lane, '{"data":{"key":"old"}}', status, now() - interval '3 days', now()
       FROM engine.run WHERE id = $1`,
      [young.runId],
    );
    const [latest] = await readFailedRuns(db, { limit: 1, fields: ["key"] });
    expect(latest?.about.key).toBe("old");
  });

  it("a retried run is cancelled by the events its function names, as any other", async () => {
    await send({ key: "stopped", tenant: "a", sleeps: true });
    const failed = await failedRun("stopped");
    isBroken = false;
    await remote.controls.retry(failed.runId);
    const { runId } = await openRun("stopped");
    await app.inngest.send({ name: "fragile/stop", data: { key: "stopped" } });
    await until(
      "the run to end",
      async () => (await findRun(db, { runId, fields: [] }))?.status === "cancelled",
    );
  });

  it("what has not failed, or never was, is not retried", async () => {
    isBroken = false;
    await send({ key: "sleeper", tenant: "a", sleeps: true });
    const { runId } = await openRun("sleeper");
    expect(await remote.controls.retry(runId)).toEqual({ outcome: "unknown" });
    expect(await remote.controls.retry(newId())).toEqual({ outcome: "unknown" });
    expect(await remote.controls.cancel(runId)).toBe(true);
  });

  it("a cancelled run ends at once, is told of, and its caller goes on with the error", async () => {
    isBroken = false;
    await app.inngest.send({ name: "parent", data: { key: "called", tenant: "b", sleeps: true } });
    const { runId } = await openRun("called");
    await until("the caller to wait", async () => {
      const open = await readOpenRuns(db, { limit: 50, fields: ["key"] });
      return open.filter((run) => run.about.key === "called" && run.dueAt === null).length === 2;
    });
    const child = (await readOpenRuns(db, { limit: 50, fields: ["key"] })).find(
      (run) => run.functionId === "test-fragile" && run.about.key === "called",
    );
    expect(await remote.controls.cancel(child?.runId ?? runId)).toBe(true);
    expect(await remote.controls.cancel(child?.runId ?? runId)).toBe(false);
    await until("the caller", () => app.noted("parent").length > 0);
    expect(app.noted("parent")).toEqual(["Cancelled by an operator"]);
    await until("the event", () => app.noted("cancelled").includes(child?.runId));
    expect(app.noted("done")).not.toContain("called");
  });

  it("a paused function, and a paused lane, keep their runs until they are resumed", async () => {
    isBroken = false;
    const whole = { functionId: "test-fragile", key: "" };
    const held = { functionId: "test-fragile", key: "held" };
    await remote.controls.pause(held);
    await remote.controls.pause(held);
    await send({ key: "lane", tenant: "held" });
    await send({ key: "free", tenant: "free" });
    await until("the free lane", () => app.noted("done").includes("free"));
    const free = { functionId: "test-fragile", key: "free" };
    const paused = () => Promise.all([held, free].map((lane) => remote.controls.isPaused(lane)));
    expect(await paused()).toEqual([true, false]);
    expect(app.noted("begun")).not.toContain("lane");
    await remote.controls.pause(whole);
    await remote.controls.resume(held);
    expect(await paused()).toEqual([true, true]);
    expect(await readFunctions(db)).toContainEqual({ functionId: "test-fragile", isPaused: true });
    await app.inngest.send({ name: "parent", data: { key: "under", tenant: "free" } });
    await until("what is due to wait", async () => {
      const lanes = await remote.lanes();
      const mine = lanes.filter((lane) => lane.functionId === "test-fragile" && lane.due === 1);
      return mine.length === 2 && mine.every((lane) => lane.isPaused) && (await readStall(db)) === 0;
    });
    expect(app.noted("begun")).not.toContain("lane");
    await remote.controls.resume(whole);
    await until("both", () => ["lane", "under"].every((key) => app.noted("done").includes(key)));
  });

  it("a schedule that is paused makes up for all that it missed once", async () => {
    const yearly = { functionId: "test-yearly", key: "" };
    const tick = async () => {
      await db.query("UPDATE engine.cron SET next_at = now() WHERE function_id = $1", [yearly.functionId]);
      await runDueCrons(db, await savedFunctions(db.query));
    };
    await remote.controls.pause(yearly);
    for (let ticks = 0; ticks < 3; ticks += 1) await tick();
    expect(await remote.lanes()).toContainEqual(expect.objectContaining({ ...yearly, due: 1 }));
    await remote.controls.resume(yearly);
    await until("it to run", () => app.noted("yearly").length > 0);
    await untilQuiet(db);
    expect(app.noted("yearly")).toHaveLength(1);
    await tick();
    await remote.controls.resume(yearly);
    await until("its next time", () => app.noted("yearly").length === 2);
  });

  it("a lane that is paused is shown while it has nothing to do", async () => {
    const lane = { functionId: "test-fragile", key: "quiet tenant" };
    await remote.controls.pause(lane);
    const nothing = { due: 0, oldestMs: 0, working: 0, retrying: 0, failed: 0 };
    expect(await remote.lanes()).toContainEqual({ ...lane, ...nothing, isPaused: true, keys: 1 });
    await remote.controls.resume(lane);
    expect(await remote.lanes()).not.toContainEqual(expect.objectContaining(lane));
  });

  it("however many tenants wait, a job counts all of them, and what is held and what failed is shown", async () => {
    const crowded = { functionId: "test-fragile", key: "" };
    const held = { functionId: "test-fragile", key: "held and quiet" };
    await remote.controls.pause(crowded);
    await remote.controls.pause(held);
    await db.query(
      `WITH queued AS (
         INSERT INTO engine.run (id, function_id, lane, event)
         SELECT gen_random_uuid(), 'test-fragile', 'test-fragile crowd ' || n, '{"data":{}}' FROM generate_series(1, 150) n
         RETURNING id, function_id, lane
       ), jobs AS (
         INSERT INTO engine.job (id, run_id, kind, function_id, lane, run_at)
         SELECT gen_random_uuid(), id, 'discover', function_id, lane, now() - interval '1 minute' FROM queued
       )
       INSERT INTO engine.run (id, function_id, lane, event, status, ended_at)
       SELECT gen_random_uuid(), 'test-heard', 'test-heard crowd ' || n, '{"data":{}}', 'failed', now()
       FROM generate_series(1, 60) n`,
    );
    const lanes = await remote.lanes();
    expect(lanes).toContainEqual(expect.objectContaining({ ...crowded, due: 150, isPaused: true }));
    expect(await readStall(db)).toBeLessThan(60_000);
    expect(lanes).toContainEqual(expect.objectContaining({ ...held, due: 0, isPaused: true }));
    expect(lanes).toContainEqual(
      expect.objectContaining({ functionId: "test-heard", key: "", failed: 60, keys: 60 }),
    );
    const listed = (functionId: string) => lanes.filter((lane) => lane.functionId === functionId && lane.key);
    expect([listed("test-fragile").length, listed("test-heard").length]).toEqual([50, 50]);
    await db.query("DELETE FROM engine.run WHERE lane LIKE '% crowd %'");
    await Promise.all([crowded, held].map((lane) => remote.controls.resume(lane)));
  });

  it("whoever tries a page of failures again finds the next ones after it, and then what was tried", async () => {
    const shown = async () =>
      (await readFailedRuns(db, { limit: 2, fields: [] })).map(({ message }) => message);
    await db.query(
      `INSERT INTO engine.run (id, function_id, lane, event, status, error, ended_at)
       SELECT gen_random_uuid(), 'test-fragile', 'test-fragile outage', '{"data":{}}', 'failed',
         json_build_object('message', n::text), now() + n * interval '1 minute' FROM generate_series(1, 3) n`,
    );
    expect(await shown()).toEqual(["3", "2"]);
    const retried =
      "UPDATE engine.run SET retried_as = id WHERE lane = 'test-fragile outage' AND error->>'message' = $1";
    await db.query(retried, ["3"]);
    await db.query(retried, ["2"]);
    expect((await shown())[0]).toBe("1");
    await db.query("DELETE FROM engine.run WHERE lane = 'test-fragile outage'");
  });

  it("a purge forgets what has ended and leaves what goes on", async () => {
    await send({ key: "lost", tenant: "a" });
    await failedRun("lost");
    expect(await remote.lanes()).toContainEqual(
      expect.objectContaining({ functionId: "test-fragile", key: "a", failed: expect.any(Number) }),
    );
    isBroken = false;
    await send({ key: "kept", tenant: "a", sleeps: true });
    const { runId } = await openRun("kept");
    expect(await remote.controls.purgeEnded()).toBeGreaterThan(0);
    expect(await readFailedRuns(db, { limit: 50, fields: [] })).toEqual([]);
    expect(await findRun(db, { runId, fields: ["key"] })).toMatchObject({
      functionId: "test-fragile",
      about: { key: "kept" },
    });
    await remote.controls.cancel(runId);
  });
});
