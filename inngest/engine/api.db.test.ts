import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { enginePort } from "@/db/engine-port";
import { withTestDatabase } from "@/lib/testing/database";
import { canonicalJson, signBody } from "./call";
import type { EngineDatabase } from "./port";
import { LIMITS } from "./protocol";
import { type TestApp, testApp, until, untilQuiet } from "./testing";

withTestDatabase();

describe("the doors of the engine", () => {
  let db: EngineDatabase;
  let app: TestApp;

  beforeAll(async () => {
    db = await enginePort();
    app = await testApp(db, (inngest, note) => [
      inngest.createFunction({ id: "door", triggers: [{ event: "door" }] }, ({ event }) =>
        note("door", event.data),
      ),
    ]);
    await app.engine.start();
  });
  afterAll(() => app.engine.stop());

  const call = (method: string, headers: Record<string, string> = {}) =>
    app.handler(
      new Request("http://engine.test/api/inngest?fnId=test-door&stepId=step", {
        method,
        headers: { host: "engine.test", "content-type": "application/json", ...headers },
        ...(method === "GET" ? {} : { body: BODY }),
      }),
    );
  const BODY = canonicalJson({
    version: -1,
    event: { name: "door", data: { from: "outside" } },
    events: [],
    steps: {},
    ctx: { run_id: "x", attempt: 0, stack: { stack: [], current: 0 } },
    url: "http://engine.test",
  });

  it.each([
    ["GET", {}],
    ["POST", {}],
    ["PUT", {}],
    ["PUT", { "x-inngest-sync-kind": "in_band" }],
    ["POST", { "x-inngest-signature": signBody(BODY, `signkey-test-${"00".repeat(32)}`, new Date()) }],
  ])("answers 401 to a %s without a good signature", async (method, headers) => {
    const response = await call(method, headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(app.noted("door")).not.toContainEqual({ from: "outside" });
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.engine.fetch(`http://engine.test${path}`, { method: "POST", body: JSON.stringify(body), headers });

  it("takes a retried send once", async () => {
    const seed = { "x-inngest-event-id-seed": "1,seed" };
    const [first, again] = [
      await post("/e/test", [{ name: "door", data: { n: 1 } }], seed),
      await post("/e/test", [{ name: "door", data: { n: 1 } }], seed),
    ];
    expect(await again.json()).toEqual(await first.json());
    await until("the event", () => app.noted("door").some((data) => (data as { n: number }).n === 1));
    await untilQuiet(db);
    expect(app.noted("door").filter((data) => (data as { n: number }).n === 1)).toHaveLength(1);
  });

  it("says what is wrong with an event", async () => {
    const noName = await post("/e/test", [{ data: {} }]);
    expect(noName.status).toBe(400);
    const large = await post("/e/test", { name: "door", data: { text: "x".repeat(LIMITS.eventBytes) } });
    expect(large.status).toBe(400);
    expect(await large.json()).toMatchObject({ error: expect.stringContaining("bytes") });
  });

  it("answers 409 to a checkpoint of a call it does not know, and 404 to what it does not serve", async () => {
    const body = { run_id: "00000000-0000-7000-8000-000000000000", qi_id: "none.none", steps: [] };
    expect((await post(`/v1/checkpoint/${body.run_id}/async`, body)).status).toBe(409);
    expect((await post("/v1/signals", {})).status).toBe(404);
  });
});
