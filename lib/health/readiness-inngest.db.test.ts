import { afterAll, expect, it, vi } from "vitest";
import { until } from "@/inngest/engine/testing";
import { withTestDatabase } from "@/lib/testing/database";
import { readiness } from "./readiness";

/** An Inngest that hangs up on everybody while it is away. It listens before the settings are read, which name it. */
const inngest = await vi.hoisted(async () => {
  const { createServer } = await import("node:http");
  const state = { isAway: true };
  const server = createServer((request, response) => {
    if (state.isAway) request.socket.destroy();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  vi.stubEnv("INNGEST_DEV", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`);
  return { state, server };
});
afterAll(() => new Promise((resolve) => inngest.server.close(resolve)));

withTestDatabase();

it("a process whose Inngest is away is ready, since it takes in what waits for it, and says what is away", async () => {
  expect(await readiness()).toEqual({
    isReady: true,
    parts: { database: "ok", engine: "unreachable", storage: "ok" },
  });
  inngest.state.isAway = false;
  await until("Inngest to be seen", async () => (await readiness()).parts.engine === "ok");
});
