import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { env } from "@/lib/env";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { portableSuite, type Subject } from "./conformance-testing";
import { type EmbeddedServer, embeddedServer, type ServedApp, servedApp } from "./http-testing";
import type { EngineDatabase } from "./port";
import { probes, RARELY } from "./probes";
import { readFailedRuns } from "./runs";
import { type TestApp, testApp, until, untilQuiet } from "./testing";

withTestDatabase();

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

  portableSuite(
    (): Subject => ({
      id,
      isExact: true,
      send: (name, data = {}, extra = {}) => app.inngest.send({ name: `${id}/${name}`, data, ...extra }),
      noted: app.noted,
    }),
  );

  it.concurrent("fails a run loudly at an operation it does not know", async () => {
    await app.inngest.send({ name: `${id}/unknown-op` });
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
    const ran = await until("the schedule", () => app.noted("cron")[0]);
    expect([ran]).toEqual([["inngest/scheduled.timer", { cron: RARELY }]]);
    const [row] = await db.query<{ ahead: boolean }>(
      "SELECT next_at > now() AS ahead FROM engine.cron WHERE function_id = $1",
      [`${id}-cron`],
    );
    expect(row?.ahead).toBe(true);
  });

  it("leaves nothing behind and can tell", async () => {
    await untilQuiet(db);
    const stats = await app.engine.stats();
    expect(stats).toMatchObject({ queueDepth: 0, leased: 0, waiting: 0, unroutedEvents: 0, runningRuns: 0 });
    expect(stats.completedRuns).toBeGreaterThan(20);
    const failed = await readFailedRuns(db, { limit: 20, fields: [] });
    expect(failed.map((run) => run.functionId)).toContain(`${id}-unknown-op`);
  });
});

describe("the same probes over HTTP, as an Inngest server calls them", () => {
  let server: EmbeddedServer;
  let app: ServedApp;

  beforeAll(async () => {
    server = await embeddedServer(await enginePort());
    app = await servedApp(probes, { id: "http", baseUrl: server.url, isExact: true });
  });
  afterAll(async () => {
    await server.close();
    await app.close();
  });

  portableSuite(() => app);
});

const { INNGEST_BASE_URL: SERVER, INNGEST_EVENT_KEY: eventKey, INNGEST_SIGNING_KEY: signingKey } = env();

describe.skipIf(!SERVER)("a real Inngest server (at INNGEST_BASE_URL; with its keys, or in dev mode)", () => {
  let app: ServedApp;

  beforeAll(async () => {
    const id = `conformance-${newId().slice(-8)}`;
    const keys = eventKey && signingKey ? { eventKey, signingKey } : undefined;
    const served = { id, baseUrl: SERVER ?? "", schedule: "* * * * *", isExact: false };
    app = await servedApp(probes, { ...served, ...(keys ? { keys } : {}) });
  });
  afterAll(() => app.close());

  portableSuite(() => app);

  it.concurrent("starts a schedule that is due", async () => {
    const ran = await until("the schedule", () => app.noted("cron")[0], 100_000);
    expect(ran).toEqual(["inngest/scheduled.timer", expect.anything()]);
  });
});
