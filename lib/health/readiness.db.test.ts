import { afterAll, expect, it, vi } from "vitest";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { log } from "@/lib/log";
import { withTestDatabase } from "@/lib/testing/database";
import { readiness } from "./readiness";

withTestDatabase();
afterAll(() => embedded().engine.stop(2_000));

it("is ready once the engine runs, and names the part that does not work before", async () => {
  expect(await readiness()).toEqual({
    isReady: false,
    parts: { database: "ok", engine: "failing", storage: "ok" },
  });
  const warned = vi.spyOn(log, "warn");
  const reachable = Promise.withResolvers<void>();
  const started = startEmbedded(async (request) => {
    await reachable.promise;
    return handler(request);
  });
  await until("the engine to be starting", async () => (await readiness()).parts.engine === "starting");
  expect(await readiness()).toMatchObject({ isReady: false });
  // A start is nothing to be warned of, however often somebody asks.
  expect(warned).not.toHaveBeenCalled();
  reachable.resolve();
  await started;
  await until("readiness", async () => (await readiness()).isReady);
  expect((await readiness()).parts).toEqual({ database: "ok", engine: "ok", storage: "ok" });
});
