import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { enginePort } from "@/db/engine-port";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import type { Engine } from "./engine";
import type { EngineDatabase } from "./port";
import { testApp, until } from "./testing";

withTestDatabase();

const TEN_MINUTES = 600_000;
const engines: Engine[] = [];
let db: EngineDatabase;
beforeEach(async () => {
  db = await enginePort();
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(engines.splice(0).map((engine) => engine.stop(1_000)));
});

/** The clock of this process, and of nothing else, is so far off. */
function beOff(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

it("a schedule that was put off while the database's clock was ahead goes on, and one that is at its next time is left alone", async () => {
  const app = await testApp(db, (inngest) => [
    inngest.createFunction({ id: "put-off", triggers: [{ cron: "* * * * *" }] }, () => "done"),
    inngest.createFunction({ id: "in-time", triggers: [{ cron: "0 0 1 1 *" }] }, () => "done"),
  ]);
  engines.push(app.engine);
  await app.engine.start();
  const daysUntil = async (id: string) => {
    const [row] = await db.query<{ days: number }>(
      "SELECT (extract(epoch FROM next_at - now()) / 86400)::float8 AS days FROM engine.cron WHERE function_id = $1",
      [`test-${id}`],
    );
    return row?.days ?? 0;
  };
  const yearly = await daysUntil("in-time");
  await db.query(
    "UPDATE engine.cron SET next_at = now() + interval '1 day' WHERE function_id = 'test-put-off'",
  );
  await until("it to be brought forward", async () => (await daysUntil("put-off")) < 0.1);
  expect(await daysUntil("in-time")).toBeCloseTo(yearly, 1);
});

// What is embedded has the clock of its process.
describe.runIf(testServerUrl())("a process whose clock is off", () => {
  it.each([-TEN_MINUTES, TEN_MINUTES])(
    "by %d ms starts a schedule at the database's time, once",
    async (ms) => {
      beOff(ms);
      const app = await testApp(db, (inngest) => [
        inngest.createFunction({ id: `minutely${ms}`, triggers: [{ cron: "* * * * *" }] }, () => "done"),
      ]);
      engines.push(app.engine);
      await app.engine.start();
      const next =
        "SELECT extract(epoch FROM next_at - now())::float8 AS seconds FROM engine.cron WHERE function_id = $1";
      const id = `test-minutely${ms}`;
      await db.query("UPDATE engine.cron SET next_at = now() WHERE function_id = $1", [id]);
      const seconds = async () => (await db.query<{ seconds: number }>(next, [id]))[0]?.seconds ?? 0;
      await until("its next time", async () => (await seconds()) > 0);
      expect(await seconds()).toBeLessThanOrEqual(60);
    },
  );

  it("and ahead gives the engine what is to be done now, and not in ten minutes", async () => {
    const app = await testApp(db, (inngest, note) => [
      inngest.createFunction({ id: "soon", triggers: [{ event: "soon" }] }, async ({ step }) => {
        note("begun", true);
        await step.sleep("nap", "1s");
        note("soon", true);
      }),
    ]);
    engines.push(app.engine);
    await app.engine.start();
    beOff(TEN_MINUTES);
    await app.inngest.send({ name: "soon" });
    await until("it to begin", () => app.noted("begun").length > 0);
    await until("it to be done", () => app.noted("soon").length === 1);
  });
});
