import { afterAll, expect, it } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { withTestDatabase } from "@/lib/testing/database";
import { readiness } from "./readiness";

withTestDatabase();
afterAll(() => embedded().engine.stop(2_000));

it("is ready once the engine runs, and names the part that does not work before", async () => {
  expect(await readiness()).toEqual({
    isReady: false,
    parts: { database: "ok", engine: "failing", storage: "ok" },
  });
  await startEmbedded(handler);
  await until("readiness", async () => (await readiness()).isReady);
  expect((await readiness()).parts).toEqual({ database: "ok", engine: "ok", storage: "ok" });
});
