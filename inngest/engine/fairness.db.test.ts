import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import { claimJobs } from "./claim";
import type { EngineDatabase } from "./port";
import { type TestApp, testApp, until } from "./testing";

withTestDatabase();

const LIMIT = 2;
const BACKLOG = 10_000;
/** How many are queued by a statement: all of many at once take longer than any statement may on a slow disk. */
const AT_ONCE = 10_000;

/** Runs that wait for their first call, as routing leaves them; `tenantOf` gives the tenant of the run `n`. */
async function queueRuns(db: EngineDatabase, functionId: string, tenantOf: string, runs: number) {
  for (let from = 1; from <= runs; from += AT_ONCE) {
    await queueSome(db, functionId, tenantOf, from, Math.min(runs, from + AT_ONCE - 1));
  }
}

function queueSome(db: EngineDatabase, functionId: string, tenantOf: string, from: number, to: number) {
  return db.query(
    `WITH made AS (
       INSERT INTO engine.run (id, function_id, lane, event)
       SELECT gen_random_uuid(), $1, $1 || ' ' || ${tenantOf},
         json_build_object('id', 'e' || n, 'name', 'work', 'ts', 0, 'data', json_build_object('tenant', ${tenantOf}))
       FROM generate_series($2::int, $3::int) AS n RETURNING id, lane
     )
     INSERT INTO engine.job (id, run_id, kind, function_id, lane)
     SELECT gen_random_uuid(), id, 'discover', $1, lane FROM made`,
    [functionId, from, to],
  );
}

describe("two processes on one database", () => {
  let db: EngineDatabase;
  const apps: TestApp[] = [];
  const underWay = new Map<string, number>();
  const most = new Map<string, number>();
  const begun: string[] = [];

  beforeAll(async () => {
    db = await enginePort();
    for (const _ of [1, 2]) {
      const app = await testApp(
        db,
        (inngest) => [
          inngest.createFunction(
            {
              id: "work",
              triggers: [{ event: "work" }],
              concurrency: { limit: LIMIT, key: "event.data.tenant" },
            },
            async ({ event, step }) => {
              const tenant = String(event.data.tenant);
              await step.run("work", async () => {
                begun.push(tenant);
                const now = (underWay.get(tenant) ?? 0) + 1;
                underWay.set(tenant, now);
                most.set(tenant, Math.max(most.get(tenant) ?? 0, now));
                await new Promise((resolve) => setTimeout(resolve, 5));
                underWay.set(tenant, (underWay.get(tenant) ?? 1) - 1);
              });
            },
          ),
        ],
        { id: "fair", maxCalls: 8 },
      );
      apps.push(app);
    }
  });
  afterAll(() => Promise.all(apps.map((app) => app.engine.stop(2_000))));

  it("a tenant with 10,000 runs waiting delays another's first step by a few steps, and passes no limit", async () => {
    await queueRuns(db, "fair-work", "'big'", BACKLOG);
    await Promise.all(apps.map((app) => app.engine.start()));
    await until("the backlog to be under way", () => begun.length >= 20);
    await queueRuns(db, "fair-work", "'small'", 1);
    // What was begun before it waited did not delay it, however long that took.
    const before = begun.length;
    await until("the small tenant's step", () => begun.includes("small"));
    // What is in flight, and what a claim under way had picked already.
    expect(begun.indexOf("small") - before).toBeLessThanOrEqual(4 * LIMIT);
    expect(most.get("big")).toBe(LIMIT);
  });

  it("a paused tenant's runs wait, and everybody else's go on", async () => {
    const lane = { functionId: "fair-work", key: "held" };
    await apps[1]?.engine.controls.pause(lane);
    await apps[0]?.inngest.send([
      { name: "work", data: { tenant: "held" } },
      { name: "work", data: { tenant: "free" } },
    ]);
    await until("the free tenant's step", () => begun.includes("free"));
    // Either may be queued first: two engines route what was sent.
    const held = await until("the held tenant's run", async () =>
      (await apps[0]?.engine.lanes())?.find(({ key }) => key === "held"),
    );
    expect(held).toMatchObject({ functionId: "fair-work", due: 1, working: 0, isPaused: true });
    expect(begun).not.toContain("held");
    await apps[1]?.engine.controls.resume(lane);
    await until("the held tenant's step", () => begun.includes("held"));
  });
});

/** What the transaction under way has read of the jobs: rows of the table and entries of its indexes. */
const JOBS_READ = `
SELECT sum(pg_stat_get_xact_tuples_returned(relation))::int AS rows FROM (
  SELECT 'engine.job'::regclass::oid UNION ALL SELECT indexrelid FROM pg_index WHERE indrelid = 'engine.job'::regclass
) AS of(relation)`;

describe("a claim among a thousand tenants", () => {
  it("reads a few jobs of each lane it comes by, of 100,000, and comes to every lane in turn", async () => {
    const db = await enginePort();
    await db.query("DELETE FROM engine.run");
    await queueRuns(db, "many-work", "(1000 + n % 1000)::text", 100_000);
    await db.query("VACUUM ANALYZE engine.job");
    let read = 0;
    const counted: EngineDatabase = {
      ...db,
      batch: async (statements) => {
        const answers = await db.batch([...statements, { sql: JOBS_READ }]);
        read = (answers.at(-1) as { rows: number }[])[0]?.rows ?? 0;
        return answers;
      },
    };
    const look = (fromLane: string) =>
      claimJobs(counted, { slots: 4, leaseMs: 60_000, limits: { "many-work": 2 }, fromLane });
    const { nextLane } = await look("");
    expect(nextLane).not.toBe("");
    // Of each of its 128 lanes the way to the next and the two that may be taken, and the four that are.
    expect(read).toBeGreaterThan(128);
    expect(read).toBeLessThan(128 * 4);
    const lanes = new Set<string>();
    let from = "";
    do {
      const found = await look(from);
      for (const { run } of found.claimed) lanes.add(run.lane);
      from = found.nextLane;
    } while (from !== "");
    expect(lanes.size).toBeGreaterThanOrEqual(4 * 7);
  });
});
