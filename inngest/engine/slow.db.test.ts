import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { database } from "@/db/pool";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import type { Engine } from "./engine";
import { type EngineDatabase, transact } from "./port";
import { migrateEngine, testApp, until, untilQuiet } from "./testing";

withTestDatabase();

let db: EngineDatabase;
const engines: Engine[] = [];

beforeAll(async () => {
  db = await enginePort();
  await migrateEngine(db);
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.stop(1_000)));
  await db.query("TRUNCATE engine.run, engine.event, engine.cron CASCADE");
});

it("an engine that cannot prolong its leases for a while does not begin anew what it is at", async () => {
  const door = Promise.withResolvers<void>();
  const failures: string[] = [];
  const note = (_fields: unknown, message: string) => void failures.push(message);
  let isFull = false;
  // As when its connection is taken whenever it wants to, and free for what comes after.
  const tell: EngineDatabase["tell"] = async (sql, params) => {
    const isRenewal = sql.trimStart().startsWith("UPDATE engine.job SET lease_expires_at");
    if (isFull && isRenewal) throw new Error("timeout exceeded when trying to connect");
    return db.tell(sql, params);
  };
  const app = await testApp(
    { ...db, tell },
    (inngest, noted) => [
      inngest.createFunction({ id: "long", triggers: [{ event: "long" }] }, async () => {
        noted("began", 1);
        await door.promise;
      }),
    ],
    { leaseMs: 600, backstopMs: 100, log: { info: note, warn: note, error: note } },
  );
  engines.push(app.engine);
  await app.engine.start();
  await app.inngest.send({ name: "long" });
  await until("the call", () => app.noted("began").length === 1);
  isFull = true;
  const isLongOver =
    "SELECT 1 FROM engine.job WHERE lease_expires_at < now() - interval '1 second' OR deliveries > 1";
  await until("the lease to be over for long", async () => (await db.query(isLongOver)).length > 0);
  isFull = false;
  door.resolve();
  await untilQuiet(db);
  expect(app.noted("began")).toEqual([1]);
  expect(failures).toContain("the leases of calls in flight could not be prolonged");
});

it.runIf(testServerUrl())(
  "an engine prolongs its leases while everything else has all connections",
  async () => {
    const door = Promise.withResolvers<void>();
    const app = await testApp(
      db,
      (inngest, note) => [
        inngest.createFunction({ id: "long", triggers: [{ event: "long" }] }, async () => {
          note("began", 1);
          await door.promise;
        }),
      ],
      { leaseMs: 600 },
    );
    engines.push(app.engine);
    await app.engine.start();
    await app.inngest.send({ name: "long" });
    await until("the call", () => app.noted("began").length === 1);
    const { pool } = await database();
    const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
    try {
      const ends = new Set<string>();
      await until("the lease to be prolonged again and again", async () => {
        const [job] = await db.tell<{ ends: string }>(
          "SELECT lease_expires_at::text AS ends FROM engine.job WHERE lease_expires_at > now()",
        );
        if (job) ends.add(job.ends);
        return ends.size > 3;
      });
    } finally {
      for (const client of taken) client.release();
      door.resolve();
    }
    await untilQuiet(db);
    expect(app.noted("began")).toEqual([1]);
  },
);

it("an engine that is told to stop while it looks for work gives back what it finds", async () => {
  const asked = Promise.withResolvers<void>();
  const door = Promise.withResolvers<void>();
  const batch: EngineDatabase["batch"] = async (statements) => {
    const answers = await db.batch(statements);
    const taken = await db.query("SELECT 1 FROM engine.job WHERE lease_token IS NOT NULL");
    if (taken.length === 0) return answers;
    asked.resolve();
    await door.promise;
    return answers;
  };
  const app = await testApp({ ...db, batch }, (inngest, note) => [
    inngest.createFunction({ id: "new", triggers: [{ event: "new" }] }, () => note("new", 1)),
  ]);
  await app.engine.start();
  await app.inngest.send({ name: "new" });
  await asked.promise;
  const stopped = app.engine.stop(10_000);
  door.resolve();
  await stopped;
  expect(app.noted("new")).toEqual([]);
  const jobs = await db.query("SELECT lease_token AS lease, deliveries FROM engine.job");
  expect(jobs).toEqual([{ lease: null, deliveries: 0 }]);
});

it("an engine that is told to stop while it begins takes no work", async () => {
  const asked = Promise.withResolvers<void>();
  const door = Promise.withResolvers<void>();
  let isListening = false;
  const listen: EngineDatabase["listen"] = async (...wanted) => {
    asked.resolve();
    await door.promise;
    const unlisten = await db.listen(...wanted);
    isListening = true;
    return async () => {
      isListening = false;
      await unlisten();
    };
  };
  const app = await testApp({ ...db, listen }, () => []);
  const started = app.engine.start();
  await asked.promise;
  await app.engine.stop(10_000);
  door.resolve();
  await started;
  expect([app.engine.isRunning, isListening]).toEqual([false, false]);
});

it("an engine stops in time, also where it waits for the database to say what there is to do", async () => {
  const asked = Promise.withResolvers<void>();
  const door = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  const batch: EngineDatabase["batch"] = async (statements) => {
    asked.resolve();
    await door.promise;
    return db.batch(statements).finally(answered.resolve);
  };
  const app = await testApp({ ...db, batch }, () => []);
  await app.engine.start();
  await asked.promise;
  let hasStopped = false;
  const stopped = app.engine.stop(100).then(() => {
    hasStopped = true;
  });
  try {
    await until("it to have stopped", () => hasStopped, 10_000);
  } finally {
    door.resolve();
    await Promise.all([stopped, answered.promise]);
  }
});

describe.runIf(testServerUrl())("a process that stands still in a transaction", () => {
  it("keeps no other from its work by the job that it holds", async () => {
    const app = await testApp(db, (inngest, note) => [
      inngest.createFunction({ id: "new", triggers: [{ event: "new" }] }, () => note("new", 1)),
    ]);
    await db.query(
      `WITH run AS (
         INSERT INTO engine.run (id, function_id, lane, status, event)
         VALUES ($1, 'test-held', 'test-held', 'running', '{}') RETURNING id, function_id, lane
       )
       INSERT INTO engine.job (id, run_id, kind, function_id, lane, lease_token, lease_expires_at)
       SELECT id, id, 'discover', function_id, lane, id, now() - interval '1 minute' FROM run`,
      [randomUUID()],
    );
    const door = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const holding = transact(db, async (query) => {
      await query("SELECT 1 FROM engine.job WHERE function_id = 'test-held' FOR UPDATE");
      held.resolve();
      await door.promise;
    });
    await held.promise;
    try {
      engines.push(app.engine);
      await app.engine.start();
      await app.inngest.send({ name: "new" });
      await until("new work to be done", () => app.noted("new").length === 1, 10_000);
    } finally {
      door.resolve();
      await holding;
    }
  });

  it("is not waited for until it goes on: the server ends what it had begun", async () => {
    const [limits] = await transact(db, (query) =>
      query(
        "SELECT current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('statement_timeout') AS statement",
      ),
    );
    expect(limits).toEqual({ idle: "15s", statement: "25s" });
  });
});
