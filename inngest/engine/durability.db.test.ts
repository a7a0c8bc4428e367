import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import type { Engine } from "./engine";
import { type EngineDatabase, transact } from "./port";
import { migrateEngine, type TestApp, type TestFunctions, testApp, until, untilQuiet } from "./testing";
import { purge } from "./upkeep";

withTestDatabase();

/** A door that a step waits at until the test opens it. */
function gate() {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("the embedded engine when things go wrong", () => {
  let db: EngineDatabase;
  const engines: Engine[] = [];

  beforeAll(async () => {
    db = await enginePort();
    await migrateEngine(db);
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.stop(1_000)));
    await db.query("TRUNCATE engine.run, engine.event, engine.cron, engine.idempotency CASCADE");
  });

  const started = async (app: TestApp): Promise<TestApp> => {
    engines.push(app.engine);
    await app.engine.start();
    return app;
  };

  it("takes neither checkpoint nor answer of a call that lost its lease, and runs the step again", async () => {
    const door = gate();
    const app = await started(
      await testApp(db, (inngest, note) => [
        inngest.createFunction({ id: "slow", triggers: [{ event: "slow" }] }, async ({ step }) => {
          const value = await step.run("work", async () => {
            const turn = note("work", app.noted("work").length + 1);
            if (turn === 1) await door.opened;
            return turn;
          });
          return step.run("next", () => note("next", value));
        }),
      ]),
    );
    await app.inngest.send({ name: "slow" });
    await until("the first call", () => app.noted("work").length === 1);
    // What another process does once the lease has run out.
    await db.query("UPDATE engine.job SET lease_token = $1, lease_expires_at = now()", [randomUUID()]);
    await until("the second call", () => app.noted("work").length === 2);
    await untilQuiet(db);
    door.open();
    await app.engine.stop(5_000);
    const [run] = await db.query<{ output: unknown; status: string }>(
      "SELECT output, status FROM engine.run",
    );
    expect(run).toEqual({ output: 2, status: "completed" });
    expect(app.noted("next")).toEqual([2]);
  });

  it("gives up on a job that keeps losing its process", async () => {
    const app = await testApp(db, (inngest, note) => [
      inngest.createFunction({ id: "poison", triggers: [{ event: "poison" }] }, () => note("ran", 1)),
    ]);
    await started(app);
    await app.engine.stop();
    await db.query(
      "INSERT INTO engine.run (id, function_id, lane, event) VALUES ($1, 'test-poison', 'test-poison', $2)",
      ["00000000-0000-7000-8000-000000000001", JSON.stringify({ id: "e", name: "poison", data: {}, ts: 0 })],
    );
    await db.query(
      `INSERT INTO engine.job (id, run_id, kind, function_id, lane, deliveries)
       SELECT id, id, 'discover', function_id, lane, 6 FROM engine.run`,
    );
    await started(
      await testApp(db, (inngest, note) => [
        inngest.createFunction({ id: "poison", triggers: [{ event: "poison" }] }, () => note("ran", 1)),
      ]),
    );
    await untilQuiet(db);
    const [run] = await db.query<{ message: string }>("SELECT error->>'message' AS message FROM engine.run");
    expect(run?.message).toContain("lost its process");
    expect(app.noted("ran")).toEqual([]);
  });

  it("works by itself on what may have killed its process, and gives nothing else up with it", async () => {
    const door = gate();
    const app = await testApp(db, (inngest, note) => [
      inngest.createFunction({ id: "suspect", triggers: [{ event: "suspect" }] }, async () => {
        note("began", 1);
        await door.opened;
      }),
    ]);
    await db.query(
      `INSERT INTO engine.run (id, function_id, lane, event)
       SELECT gen_random_uuid(), 'test-suspect', 'test-suspect', '{"id":"e","name":"suspect","data":{},"ts":0}' FROM generate_series(1, 3)`,
    );
    await db.query(
      `INSERT INTO engine.job (id, run_id, kind, function_id, lane, deliveries, run_at)
       SELECT id, id, 'discover', function_id, lane, 5, now() - interval '1 hour' FROM engine.run`,
    );
    await started(app);
    await until("the first call", () => app.noted("began").length > 0);
    await until(
      "two to be given back as they were, beside the one that is worked on",
      async () => {
        const givenBack = await db.query(
          "SELECT 1 FROM engine.job WHERE lease_token IS NULL AND deliveries = 5 AND run_at > now() - interval '1 minute'",
        );
        return givenBack.length === 2;
      },
      10_000,
    );
    expect(app.noted("began")).toEqual([1]);
    door.open();
    await untilQuiet(db);
    const ended = await db.query<{ status: string }>("SELECT status FROM engine.run");
    expect(ended.map((run) => run.status)).toEqual(["completed", "completed", "completed"]);
  });

  it("stops after the calls in flight and leaves the rest for later", async () => {
    const door = gate();
    const define = (inngest: TestApp["inngest"], note: <T>(name: string, value: T) => T): TestFunctions => [
      inngest.createFunction({ id: "job", triggers: [{ event: "job" }] }, async ({ event, step }) => {
        await step.run("work", async () => {
          note("began", event.data.n);
          await door.opened;
        });
      }),
    ];
    const first = await started(await testApp(db, define, { maxCalls: 2 }));
    await first.inngest.send([1, 2, 3, 4, 5].map((n) => ({ name: "job", data: { n } })));
    await until("two calls", () => first.noted("began").length === 2);
    const stopped = first.engine.stop(10_000);
    door.open();
    await stopped;
    const statuses = await db.query<{ status: string }>("SELECT status FROM engine.run ORDER BY created_at");
    expect(statuses.filter((run) => run.status === "completed")).toHaveLength(2);
    const leased = await db.query("SELECT 1 FROM engine.job WHERE lease_token IS NOT NULL");
    expect(leased).toEqual([]);

    const second = await started(await testApp(db, define));
    await untilQuiet(db);
    expect([...first.noted("began"), ...second.noted("began")].sort()).toEqual([1, 2, 3, 4, 5]);
  });

  it("shares work between processes, each step run once", async () => {
    const define = (inngest: TestApp["inngest"], note: <T>(name: string, value: T) => T): TestFunctions => [
      inngest.createFunction({ id: "share", triggers: [{ event: "share" }] }, async ({ event, step }) => {
        await Promise.all(
          ["a", "b"].map((id) =>
            step.run(id, async () => {
              await new Promise((resolve) => setTimeout(resolve, 30));
              return note("ran", `${event.data.n}${id}`);
            }),
          ),
        );
        await step.run("c", () => note("ran", `${event.data.n}c`));
      }),
    ];
    const one = await started(await testApp(db, define, { maxCalls: 3, backstopMs: 50 }));
    const two = await started(await testApp(db, define, { maxCalls: 3, backstopMs: 50 }));
    await one.inngest.send(Array.from({ length: 20 }, (_, n) => ({ name: "share", data: { n } })));
    await untilQuiet(db);
    const ran = [...one.noted("ran"), ...two.noted("ran")];
    expect(ran).toHaveLength(60);
    expect(new Set(ran).size).toBe(60);
    expect(two.noted("ran").length).toBeGreaterThan(0);
  });

  it.runIf(testServerUrl())("is woken by events that another process sends", async () => {
    const define = (inngest: TestApp["inngest"], note: <T>(name: string, value: T) => T): TestFunctions => [
      inngest.createFunction({ id: "told", triggers: [{ event: "told" }] }, () => note("told", 1)),
    ];
    const worker = await started(await testApp(db, define, { backstopMs: 600_000 }));
    const web = await testApp(db, define);
    await web.inngest.send({ name: "told" });
    await until("the worker to run it", () => worker.noted("told").length === 1);
  });

  it("keeps events sent before it starts, and refuses functions it cannot run as asked", async () => {
    const app = await testApp(db, (inngest, note) => [
      inngest.createFunction({ id: "early", triggers: [{ event: "early" }] }, () => note("early", 1)),
    ]);
    await app.inngest.send({ name: "early" });
    await started(app);
    await until("the early event", () => app.noted("early").length === 1);

    const debounced = await testApp(db, (inngest) => [
      inngest.createFunction(
        { id: "bounce", triggers: [{ event: "bounce" }], debounce: { period: "1s" } },
        () => undefined,
      ),
    ]);
    await expect(debounced.engine.start()).rejects.toThrow(/test-bounce uses debounce/);
  });

  it("purges what ended before the retention, and nothing under way", async () => {
    const app = await started(
      await testApp(db, (inngest) => [
        inngest.createFunction({ id: "short", triggers: [{ event: "short" }] }, ({ step }) =>
          step.run("s", () => 1),
        ),
        inngest.createFunction({ id: "long", triggers: [{ event: "long" }] }, ({ step }) =>
          step.sleep("z", "1h"),
        ),
      ]),
    );
    await app.inngest.send([{ name: "short" }, { name: "long" }]);
    await until("one run to end and one to sleep", async () => {
      const stats = await app.engine.stats();
      return stats.completedRuns === 1 && stats.scheduled === 1;
    });
    expect(await purge(db, 60_000)).toBe(0);
    await db.query("UPDATE engine.run SET ended_at = ended_at - interval '2 minutes'");
    expect(await purge(db, 60_000)).toBe(1);
    const left = await db.query("SELECT function_id FROM engine.run");
    expect(left).toEqual([{ function_id: "test-long" }]);
  });

  it("forgets old keys some at a time, and ends between them when it is told to", async () => {
    await db.query(
      `INSERT INTO engine.idempotency (function_id, key, created_at)
       SELECT 'test-keyed', n::text, now() - CASE WHEN n > 12000 THEN interval '1 hour' ELSE interval '2 days' END
       FROM generate_series(1, 12100) n`,
    );
    const left = async () => (await db.query("SELECT 1 FROM engine.idempotency")).length;
    let looks = 0;
    // Runs, events, and the first keys.
    await purge(db, 60_000, () => {
      looks += 1;
      return looks <= 3;
    });
    expect(await left()).toBeGreaterThan(100);
    await purge(db, 60_000);
    expect(await left()).toBe(100);
  });

  it.runIf(testServerUrl())(
    "goes on with its work while it forgets old runs, however long that takes",
    async () => {
      const app = await testApp(db, (inngest, note) => [
        inngest.createFunction({ id: "new", triggers: [{ event: "new" }] }, () => note("new", 1)),
      ]);
      await db.query(
        `INSERT INTO engine.run (id, function_id, lane, status, event, ended_at)
       VALUES ($1, 'test-old', 'test-old', 'completed', '{}', now() - interval '1 year')`,
        [randomUUID()],
      );
      const held = Promise.withResolvers<void>();
      const door = gate();
      const holding = transact(db, async (query) => {
        await query("SELECT 1 FROM engine.run WHERE function_id = 'test-old' FOR UPDATE");
        held.resolve();
        await door.opened;
      });
      await held.promise;
      try {
        await started(app);
        await until("the old run to be about to be forgotten", async () => {
          const [row] = await db.query<{ waits: number }>(
            `SELECT count(*)::int AS waits FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM engine.run%'`,
          );
          return row?.waits;
        });
        await app.inngest.send({ name: "new" });
        await until("new work to be done", () => app.noted("new").length > 0, 10_000);
      } finally {
        door.open();
        await holding;
      }
      await until("the old run to be forgotten", async () => {
        const old = await db.query("SELECT 1 FROM engine.run WHERE function_id = 'test-old'");
        return old.length === 0;
      });
    },
  );
});
