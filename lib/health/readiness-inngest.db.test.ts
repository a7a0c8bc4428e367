import { createServer } from "node:http";
import { expect, it, vi } from "vitest";
import { until } from "@/inngest/engine/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { readiness } from "./readiness";

const { port } = vi.hoisted(() => {
  // Before the settings are read; nobody listens there yet.
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  vi.stubEnv("INNGEST_DEV", `http://127.0.0.1:${port}`);
  return { port };
});

withTestDatabase();

it("a process whose Inngest is away is ready, since it takes in what waits for it, and says what is away", async () => {
  expect(await readiness()).toEqual({
    isReady: true,
    parts: { database: "ok", engine: "unreachable", storage: "ok" },
  });
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  try {
    await until("Inngest to be seen", async () => (await readiness()).parts.engine === "ok");
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
