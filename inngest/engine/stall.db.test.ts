import { beforeAll, beforeEach, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import { controlsOf } from "./control";
import { readLanes } from "./lanes";
import type { EngineDatabase } from "./port";
import { readOpenRuns } from "./runs";
import { readStall } from "./stall";
import { migrateEngine } from "./testing";
import { readStats } from "./upkeep";

withTestDatabase();

const MINUTE_MS = 60_000;
const WORK = { functionId: "test-work", key: "a tenant" };
let db: EngineDatabase;

beforeAll(async () => {
  db = await enginePort();
  await migrateEngine(db);
});
beforeEach(() => db.query("TRUNCATE engine.run, engine.event, engine.cron, engine.pause CASCADE"));

/** A job that was due two minutes ago and was handed out; its process is heard of until `heldUntil`. */
const handOut = (heldUntil: string) =>
  db.query(
    `WITH run AS (
       INSERT INTO engine.run (id, function_id, lane, event, status)
       VALUES (gen_random_uuid(), 'test-work', 'test-work a tenant', '{"data":{}}', 'running')
       RETURNING id, function_id, lane
     )
     INSERT INTO engine.job (id, run_id, kind, function_id, lane, run_at, lease_token, lease_expires_at)
     SELECT gen_random_uuid(), id, 'discover', function_id, lane, now() - interval '2 minutes', gen_random_uuid(),
       now() + $1::interval FROM run`,
    [heldUntil],
  );

it("what the last process held when it was killed is told as due, and worked on by nobody", async () => {
  await handOut("-1 minute");
  expect(await readStats(db)).toMatchObject({ leased: 0, queueDepth: 1 });
  expect(await readLanes(db)).toContainEqual(expect.objectContaining({ ...WORK, working: 0, due: 1 }));
  expect(await readOpenRuns(db, { limit: 5, fields: [] })).toMatchObject([{ isWorking: false }]);
  expect(await readStall(db)).toBeGreaterThanOrEqual(MINUTE_MS);
  await controlsOf(db, async () => {}).pause(WORK);
  expect(await readStall(db)).toBe(0);
});

it("while a process works on something, nothing stands still", async () => {
  await handOut("-1 minute");
  await handOut("1 minute");
  expect(await readStats(db)).toMatchObject({ leased: 1, queueDepth: 1 });
  expect(await readStall(db)).toBe(0);
});

it("an event that no process has looked at, and a schedule that none has started, stand still", async () => {
  const later = { functionId: "test-nightly", expression: "0 3 * * *" };
  await db.query("INSERT INTO engine.cron VALUES ($1, $2, now() + interval '1 hour')", Object.values(later));
  expect(await readStall(db)).toBe(0);
  await db.query(
    "INSERT INTO engine.event (id, name, payload, due_at) VALUES ('e', 'e', '{}', now() - interval '1 minute')",
  );
  expect(await readStall(db)).toBeGreaterThanOrEqual(MINUTE_MS);
  await db.query("UPDATE engine.event SET routed_at = now()");
  expect(await readStall(db)).toBe(0);
  await db.query("UPDATE engine.cron SET next_at = now() - interval '1 minute'");
  expect(await readStall(db)).toBeGreaterThanOrEqual(MINUTE_MS);
});
