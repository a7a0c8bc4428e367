import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import type { Engine } from "./engine";
import type { EngineDatabase } from "./port";
import { type TestApp, testApp, until, untilQuiet } from "./testing";

withTestDatabase();

let db: EngineDatabase;
let engine: Engine | undefined;
let isBusy = true;

beforeAll(async () => {
  db = await enginePort();
});
afterAll(async () => {
  isBusy = false;
  await engine?.stop(5_000);
});

/** An engine whose next job is there before the last one has ended, until `isBusy` is false. */
async function busyApp(): Promise<TestApp> {
  isBusy = true;
  const app = await testApp(
    db,
    (inngest, note) => [
      inngest.createFunction({ id: "ever", triggers: [{ event: "ever" }] }, async () => {
        note("ever", true);
        if (isBusy) await inngest.send({ name: "ever" });
      }),
      inngest.createFunction({ id: "yearly", triggers: [{ cron: "0 0 1 1 *" }] }, () => note("yearly", true)),
      inngest.createFunction({ id: "lost", triggers: [{ event: "lost" }] }, () => note("lost", true)),
    ],
    { leaseMs: 3_000 },
  );
  engine = app.engine;
  await engine.start();
  await app.inngest.send(Array.from({ length: 16 }, () => ({ name: "ever" })));
  await until("it to be at work", () => app.noted("ever").length > 50);
  return app;
}

it("an engine that is never without work starts schedules, and takes over what a dead process held", async () => {
  const app = await busyApp();
  await db.query("UPDATE engine.cron SET next_at = now() WHERE function_id = 'test-yearly'");
  await db.query(
    `WITH held AS (
       INSERT INTO engine.run (id, function_id, lane, status, event)
       VALUES ($1, 'test-lost', 'test-lost', 'running', $2) RETURNING id, function_id, lane
     )
     INSERT INTO engine.job (id, run_id, kind, function_id, lane, lease_token, lease_expires_at)
     SELECT id, id, 'discover', function_id, lane, id, now() FROM held`,
    [randomUUID(), JSON.stringify({ id: "e", name: "lost", data: {}, ts: 0 })],
  );
  await until("the schedule to start", () => app.noted("yearly").length > 0);
  await until("what was held to be done", () => app.noted("lost").length > 0);
  isBusy = false;
  await untilQuiet(db);
});
