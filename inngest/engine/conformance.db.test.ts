import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import type { EngineDatabase } from "./port";
import { probes } from "./probes";
import { readFailedRuns } from "./runs";
import { type TestApp, testApp, until, untilQuiet } from "./testing";

withTestDatabase();

/** The expected values are what the open Inngest server 1.43 answered to the same functions. */
describe.each([
  { mode: "checkpointing", checkpointing: true },
  { mode: "step by step", checkpointing: false },
])("the embedded engine, $mode", ({ checkpointing }) => {
  const id = checkpointing ? "cp" : "sbs";
  let db: EngineDatabase;
  let app: TestApp;

  beforeAll(async () => {
    db = await enginePort();
    app = await testApp(db, probes, { id, checkpointing });
    await app.engine.start();
  });
  afterAll(() => app.engine.stop(2_000));

  const send = (name: string, data: Record<string, unknown> = {}, extra: { id?: string; ts?: number } = {}) =>
    app.inngest.send({ name: `p/${name}`, data, ...extra });
  const noted = (name: string, count = 1) =>
    until(`${count} × ${name}`, () => (app.noted(name).length >= count ? app.noted(name) : null));

  it.concurrent("runs each step once and gives its output to the next", async () => {
    await send("sequence", { n: 21 });
    expect(await noted("sequence")).toEqual([[{ n: 21 }, 42]]);
    expect(app.noted("sequence:first")).toEqual([21]);
    expect(app.noted("sequence:second")).toEqual([42]);
  });

  it.concurrent("tells steps with the same id apart", async () => {
    await send("same-id");
    expect(await noted("same-id")).toEqual([[0, 1, 2]]);
  });

  it.concurrent("gives values back as JSON has them", async () => {
    await send("values");
    const nested = { x: null, z: [1, null], nul: "a\u0000b" };
    expect(await noted("values")).toEqual([[null, "1970-01-01T00:00:00.000Z", nested]]);
  });

  it.concurrent("runs parallel branches, each step once", async () => {
    await send("nested");
    expect(await noted("nested")).toEqual([[10, 20, 30]]);
    expect([...app.noted("nested:ran")].sort()).toEqual(["a1", "a2", "a3", "b1", "b2", "b3"]);
  });

  it.concurrent("goes on with the first of a race", async () => {
    await send("race");
    expect(await noted("race")).toContain("fast");
  });

  it.concurrent("lets a branch of races go on while another still runs, each step once", async () => {
    await send("dataflow");
    expect(await noted("dataflow")).toEqual(["joined"]);
    expect([...app.noted("dataflow:began")].sort()).toEqual(["a", "next", "quick", "slow"]);
  });

  it.concurrent("replays promises in the order they were settled", async () => {
    await send("order");
    expect(await noted("order")).toEqual(["fast"]);
  });

  it.concurrent("sleeps for a time and until a date", async () => {
    await send("sleep");
    const [elapsed] = await noted("sleep");
    expect(elapsed).toBeGreaterThanOrEqual(1_500);
  });

  it.concurrent("resumes on the event an expression or a match picks, and on none after the timeout", async () => {
    await send("wait-if", { k: "a" });
    await send("wait-match", { k: "a" });
    await send("wait-match", { k: "b" });
    await until("the runs to wait", async () => {
      const rows = await db.query(
        `SELECT 1 FROM engine.wait w JOIN engine.run r ON r.id = w.run_id
         WHERE r.function_id LIKE $1 AND w.event_name = 'p/ok'`,
        [`${id}-wait-%`],
      );
      return rows.length === 3;
    });
    await send("ok", { k: "b", amount: 99 });
    await send("ok", { k: "a", amount: 5 });
    await send("ok", { k: "a", amount: 50 });
    expect(await noted("wait-if")).toEqual([50]);
    const matches = await noted("wait-match", 2);
    expect(matches).toContainEqual(["a", 5, null]);
    expect(matches).toContainEqual(["b", 99, null]);
  });

  it.concurrent("sends events from a step, once by their id", async () => {
    await send("send");
    expect(await noted("send")).toEqual([1]);
    if (checkpointing) expect(await noted("received")).toEqual(["step"]);
  });

  it.concurrent("invokes a function and hands over its output, failure or timeout", async () => {
    await send("invoke");
    expect(await noted("invoke")).toEqual([{ got: 7, name: "inngest/function.invoked" }]);
    expect(await noted("invoke:errors")).toEqual([
      [
        ["NonRetriableError", "child failed"],
        ["InngestInvokeTimeoutError", "InngestInvok"],
      ],
    ]);
  });

  it.concurrent("retries a step, keeps those done, and ends in onFailure", async () => {
    await send("step-retry", { n: 8 });
    expect(await noted("on-failure")).toEqual([["RetryAfterError", "boom", 8, `${id}-step-retry`]]);
    expect(app.noted("step-retry:bad")).toHaveLength(3);
    expect(app.noted("step-retry:ok")).toHaveLength(1);
  });

  it.concurrent("retries a function and counts its attempts", async () => {
    await send("function-retry");
    expect(await noted("function-retry", 2)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(app.noted("function-retry:step")).toHaveLength(1);
  });

  it.concurrent("lets a function catch a failed step, alone or among others", async () => {
    await send("caught");
    await send("settled");
    expect(await noted("caught")).toEqual([["NonRetriableError", "fallback"]]);
    expect(await noted("settled")).toEqual([["fulfilled", "rejected"]]);
  });

  it.concurrent("cancels the run that an event names, and tells", async () => {
    await send("cancel", { k: "gone" });
    await send("cancel", { k: "stays" });
    await noted("cancel:began", 2);
    await send("stop", { k: "gone" });
    await until("the cancellation", () => app.noted("cancelled").includes(`${id}-cancel`));
    expect(await noted("cancel:survived")).toEqual(["stays"]);
  });

  it.concurrent("cancels a run that does not finish in time", async () => {
    await send("deadline");
    await until("the cancellation", () => app.noted("cancelled").includes(`${id}-deadline`));
    expect(app.noted("deadline:began").length).toBeGreaterThan(0);
    expect(app.noted("deadline:survived")).toEqual([]);
  });

  it.concurrent("starts a run only where the trigger's expression holds", async () => {
    await app.inngest.send(
      [{ n: 5, plan: "pro" }, { n: 2, plan: "pro" }, { n: 9, plan: "x" }, {}, { n: 6, plan: "pro" }].map(
        (data) => ({
          name: "p/condition",
          data,
        }),
      ),
    );
    expect([...(await noted("condition", 2))].sort()).toEqual([5, 6]);
  });

  it.concurrent("delays an event whose time is in the future", async () => {
    await send("later", { sentAt: Date.now() }, { ts: Date.now() + 2_000 });
    const [elapsed] = await noted("later");
    expect(elapsed).toBeGreaterThanOrEqual(2_000);
  });

  it.concurrent("takes an event id, and an idempotency key, once", async () => {
    await send("twice", { n: 1 }, { id: `${id}-twice` });
    await send("twice", { n: 2 }, { id: `${id}-twice` });
    await send("twice", { n: 3 });
    await send("idempotent", { key: "a" });
    await send("idempotent", { key: "a" });
    await send("idempotent", { key: "b" });
    await noted("twice", 2);
    await noted("idempotent", 2);
    await until("every one to be routed", async () => {
      const rows = await db.query("SELECT 1 FROM engine.event WHERE routed_at IS NULL AND due_at <= now()");
      return rows.length === 0;
    });
    expect([...app.noted("twice")].sort()).toEqual([1, 3]);
    expect([...app.noted("idempotent")].sort()).toEqual(["a", "b"]);
  });

  it.concurrent("keeps to a concurrency key's limit, and no tenant waits for another's backlog", async () => {
    const tenants = [...Array(8).fill("big"), "small"];
    await app.inngest.send(tenants.map((tenant) => ({ name: "p/lanes", data: { tenant } })));
    const marks = (await noted("lanes", 18)) as [string, "in" | "out", number][];
    const inside = { big: 0, small: 0 } as Record<string, number>;
    for (const [tenant, edge] of marks) {
      inside[tenant] = (inside[tenant] ?? 0) + (edge === "in" ? 1 : -1);
      expect(inside[tenant]).toBeLessThanOrEqual(1);
    }
    const finished = marks.filter(([, edge]) => edge === "out").map(([tenant]) => tenant);
    expect(finished.indexOf("small")).toBeLessThan(4);
  });

  it.concurrent("fails a run loudly at an operation it does not know", async () => {
    await send("unknown-op");
    const run = await until("the run to fail", async () => {
      const [row] = await db.query<{ message: string }>(
        "SELECT error->>'message' AS message FROM engine.run WHERE function_id = $1 AND status = 'failed'",
        [`${id}-unknown-op`],
      );
      return row;
    });
    expect(run.message).toContain("WaitForSignal");
  });

  it.concurrent("starts a schedule that is due, once", async () => {
    await db.query("UPDATE engine.cron SET next_at = now() WHERE function_id = $1", [`${id}-cron`]);
    app.engine.wake();
    expect(await noted("cron")).toEqual([
      ["inngest/scheduled.timer", { cron: "TZ=Europe/Berlin 0 3 1 1 *" }],
    ]);
    const [row] = await db.query<{ ahead: boolean }>(
      "SELECT next_at > now() AS ahead FROM engine.cron WHERE function_id = $1",
      [`${id}-cron`],
    );
    expect(row?.ahead).toBe(true);
  });

  it("leaves nothing behind and can tell", async () => {
    await untilQuiet(db);
    expect(app.noted("finished")).toEqual([42]);
    const stats = await app.engine.stats();
    expect(stats).toMatchObject({ queueDepth: 0, leased: 0, waiting: 0, unroutedEvents: 0, runningRuns: 0 });
    expect(stats.completedRuns).toBeGreaterThan(20);
    const failed = await readFailedRuns(db, { limit: 20, fields: [] });
    expect(failed.map((run) => run.functionId)).toContain(`${id}-unknown-op`);
  });
});
