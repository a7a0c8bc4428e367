import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { resumeRun } from "./commands/resume";
import { start } from "./commands/testing";
import { driveTree, inside, line, mapNode } from "./nested-testing";
import { previewResume } from "./resume-preview";
import { listParts } from "./step-windows";
import { publishGraph, seedRunPrices } from "./testing";
import { findTrace } from "./trace-queries";

/** A service on this machine that does not know one address, set up before anything reads the settings. */
const service = await vi.hoisted(async () => {
  const { createServer } = await import("node:http");
  const unknown = new Set(["/two-b"]);
  const server = createServer(({ url = "" }, response) => {
    response.writeHead(unknown.has(url) ? 404 : 200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const host = `127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  process.env.OUTBOUND_ALLOW = host;
  return { server, unknown, host };
});

withTestDatabase();
vi.setConfig({ testTimeout: 60_000 });
beforeAll(() => seedRunPrices());
afterAll(() => void service.server.close());

const call = (id: string, path: string) =>
  testNode(id, "http", {
    method: "GET",
    url: `http://${service.host}/${path}`,
    headers: [],
    body: "",
    allowedStatus: [],
    timeoutMs: 5_000,
  });

it("an item that was taken over is told so: nothing of it is called not reached, and the plan says what it saves", async () => {
  const tenant = await makeTenant();
  const graph = line([mapNode("each", '["a", "b", "c"]')], {
    more: inside("each", call("one", "one-{{ item }}"), call("two", "two-{{ item }}")),
    edges: [["one", "two"]],
  });
  const first = await start(tenant, await publishGraph(tenant.admin, "Items", graph));
  expect(await driveTree(tenant, first)).toBe("failed");
  service.unknown.clear();
  // The input at 100; inside, both steps of the first item and one of the second.
  expect(await previewResume(tenant.member, { executionId: first, on: "same" })).toMatchObject({
    savedMicros: "400",
    reused: [{ nodeId: "input", costMicros: "100" }],
    again: [
      { nodeId: "each", reason: "failed", savedMicros: "300" },
      { nodeId: "output", savedMicros: "0" },
    ],
  });

  const { executionId } = await resumeRun(tenant.member, { executionId: first, on: "same" });
  expect(await driveTree(tenant, executionId)).toBe("completed");
  const step = (await findTrace(tenant.member, executionId))?.windows[0]?.steps.find(
    ({ nodeId }) => nodeId === "each",
  );
  const { parts } = await listParts(tenant.member, { executionId, stepId: step?.id ?? "", offset: 0 });
  expect(parts).toMatchObject([
    { itemIndex: 0, isTakenOver: true, costMicros: "0" },
    { itemIndex: 1, isTakenOver: false, costMicros: "100" },
    { itemIndex: 2, isTakenOver: false, costMicros: "200" },
  ]);
  const [whole, partly] = await Promise.all(parts.slice(0, 2).map(({ id }) => findTrace(tenant.member, id)));
  expect(whole).toMatchObject({
    costMicros: "0",
    counts: {},
    planned: [],
    result: { value: "a" },
    lineage: { isTakenOver: true, mode: "resume" },
  });
  expect(partly).toMatchObject({
    costMicros: "100",
    counts: { completed: 2 },
    planned: [],
    lineage: { isTakenOver: false, mode: "resume" },
    windows: [
      {
        steps: [
          { nodeId: "one", reused: {}, costMicros: "0" },
          { nodeId: "two", reused: null },
        ],
      },
    ],
  });
});
