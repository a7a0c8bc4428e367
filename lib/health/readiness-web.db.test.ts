import { expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { readiness } from "./readiness";

// Before the settings are read. The database is the one of the test.
vi.hoisted(() => {
  vi.stubEnv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none");
  vi.stubEnv("ENGINE_ROLE", "web");
});

withTestDatabase();

it("a process that leaves the work to workers is ready without an engine", async () => {
  expect(await readiness()).toEqual({
    isReady: true,
    parts: { database: "ok", engine: "ok", storage: "ok" },
  });
});
