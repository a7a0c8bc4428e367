import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { Graph } from "@/lib/workflows/graph";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { resumeRun } from "./commands/resume";
import { publishChange, start } from "./commands/testing";
import { billedFor, driveTree, inside, line, mapNode, treeOf } from "./nested-testing";
import { driveOn } from "./paid-testing";
import { previewResume } from "./resume-preview";
import { outputNode, publishGraph, readRun, seedRunPrices, transformNode } from "./testing";

/** A service on this machine that does not know some addresses, set up before anything reads the settings. */
const service = await vi.hoisted(async () => {
  const { createServer } = await import("node:http");
  const unknown = new Set<string>();
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

/** What a node costs that did what it is for. */
const FEE = 100n;

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
afterAll(() => void service.server.close());
beforeEach(async () => {
  tenant = await makeTenant();
  service.unknown.clear();
});

const call = (id: string, path: string) =>
  testNode(id, "http", {
    method: "GET",
    url: `http://${service.host}/${path}`,
    headers: [],
    body: "",
    allowedStatus: [],
    timeoutMs: 5_000,
  });

/** Runs it while the service does not know these addresses, to its failure. */
async function failed(executionId: string, ...unknown: string[]): Promise<string> {
  service.unknown.clear();
  for (const path of unknown) service.unknown.add(`/${path}`);
  expect(await driveTree(tenant, executionId)).toBe("failed");
  service.unknown.clear();
  return executionId;
}

async function failedOf(graph: Graph, ...unknown: string[]): Promise<string> {
  const workflowId = await publishGraph(tenant.admin, "Nested", graph);
  return failed(await start(tenant, workflowId), ...unknown);
}

async function resume(executionId: string, on: "same" | "newest" = "same"): Promise<string> {
  return (await resumeRun(tenant.admin, { executionId, on })).executionId;
}

/** What a resume says it saves, and what it bills in the end. */
async function savedAndBilled(executionId: string, on: "same" | "newest" = "same") {
  const { savedMicros } = await previewResume(tenant.admin, { executionId, on });
  const next = await resume(executionId, on);
  expect(await driveTree(tenant, next)).toBe("completed");
  return { saved: BigInt(savedMicros), billed: await billedFor(tenant, next) };
}

describe("what a resume says it saves is what it does not bill:", () => {
  it("items that were taken over before, in a map that is taken over as a whole", async () => {
    const graph = line([mapNode("each", '["a", "b", "c"]'), call("after", "after")], {
      more: inside("each", call("one", "{{ item }}")),
    });
    const first = await failedOf(graph, "c");
    const second = await failed(await resume(first), "after");
    // The input and two items, then the third and the map, then the rest.
    expect([await billedFor(tenant, first), await billedFor(tenant, second)]).toEqual([3n * FEE, 2n * FEE]);
    expect(await savedAndBilled(second)).toEqual({ saved: 5n * FEE, billed: 2n * FEE });
  });

  it("items in a map within the item that failed", async () => {
    const graph = line([mapNode("outer", '["a", "b"]')], {
      more: [
        ...inside("outer", mapNode("inner", '["x", "y", "z"]')),
        ...inside("inner", call("one", "{{ item }}")),
      ],
    });
    const executionId = await failedOf(graph, "z");
    expect(await billedFor(tenant, executionId)).toBe(3n * FEE);
    expect(await savedAndBilled(executionId)).toEqual({ saved: 3n * FEE, billed: 8n * FEE });
  });

  it("steps of an item that was itself resumed, once", async () => {
    const graph = line([mapNode("each", '["a", "b"]', { maxParallel: 2 })], {
      more: inside("each", call("one", "one-{{ item }}"), call("two", "two-{{ item }}")),
      edges: [["one", "two"]],
    });
    const first = await failedOf(graph, "two-a", "two-b");
    const second = await failed(await resume(first), "two-b");
    const paid = (await billedFor(tenant, first)) + (await billedFor(tenant, second));
    expect(await savedAndBilled(second)).toEqual({ saved: paid, billed: 7n * FEE - paid });
  });

  it("steps of an item that failed, on a newer version with the same map", async () => {
    const made = (text: string) =>
      line([mapNode("each", '["a", "b"]'), transformNode("after", { text })], {
        more: inside("each", call("one", "one-{{ item }}"), call("two", "two-{{ item }}")),
        edges: [["one", "two"]],
      });
    const workflowId = await publishGraph(tenant.admin, "Nested", made("x"));
    const executionId = await failed(await start(tenant, workflowId), "two-b");
    await publishChange(tenant, workflowId, 1, made("y"));
    expect(await savedAndBilled(executionId, "newest")).toEqual({ saved: 4n * FEE, billed: 4n * FEE });
  });
});

describe("a resumed run that is stopped leaves to the next what it was to go on with:", () => {
  const graph = line([mapNode("outer", '["a", "b"]')], {
    more: [
      ...inside("outer", mapNode("inner", '["x", "y", "z"]')),
      ...inside("inner", call("one", "{{ item }}-{{ index }}")),
    ],
  });

  it("before it came to the list", async () => {
    const second = await resume(await failedOf(graph, "z-2"));
    await cancelRun(tenant.admin, { executionId: second });
    expect(await savedAndBilled(second)).toEqual({ saved: 3n * FEE, billed: 8n * FEE });
  });

  it("before the item that had failed came to the list inside of it", async () => {
    const second = await resume(await failedOf(graph, "z-2"));
    await driveOn(tenant, second);
    expect(await treeOf(tenant, second)).toMatchObject([{ status: "waiting" }, { status: "pending" }]);
    await cancelRun(tenant.admin, { executionId: second });
    expect(await savedAndBilled(second)).toEqual({ saved: 3n * FEE, billed: 8n * FEE });
  });
});

const loopNode = (until: string, maxRounds: number) =>
  testNode("again", "loop", {
    maxRounds,
    until,
    initialMode: "template",
    initial: "",
    mode: "template",
    value: "x",
  });

it("a loop whose condition failed is asked for it first when it is resumed, and does not wait for ever after its last round", async () => {
  const graph = line([loopNode("last.nothing > 2", 1)], {
    more: inside("again", call("one", "{{ round }}")),
  });
  const first = await failedOf(graph);
  const second = await resume(first);
  expect(await driveTree(tenant, second)).toBe("failed");
  expect(await billedFor(tenant, second)).toBe(0n);
  expect(await treeOf(tenant, second)).toMatchObject([{ id: second, errorNodeId: "again" }]);
});

it("a called run that completed is not run again because its result was too much for the node", async () => {
  const twice = "{{ input.text }}{{ input.text }}";
  const called = testGraph(
    [
      testNode("input", "input"),
      call("one", "one"),
      outputNode("left", { a: twice }),
      outputNode("right", { b: twice }),
    ],
    [testEdge("input", "one"), testEdge("one", "left"), testEdge("one", "right")],
  );
  const workflowId = await publishGraph(tenant.admin, "Called", called);
  const inputs = [{ key: "text", mode: "template", value: "{{ input.text }}" }];
  const graph = line([testNode("call", "workflow", { workflowId, versionId: "", inputs })]);
  const text = "x".repeat(300_000);
  const first = await start(tenant, await publishGraph(tenant.admin, "Calling", graph), text);
  await failed(first);
  expect(await treeOf(tenant, first)).toMatchObject([{ status: "failed" }, { status: "completed" }]);
  const second = await failed(await resume(first));
  expect(await billedFor(tenant, second)).toBe(0n);
  expect((await readRun(tenant.job, second)).run.errorCode).toBe("output_too_large");
});

it("items that the database cannot hold as text are resumed as they were", async () => {
  const items = '["a\\u0000", "\\U0001F600".substring(0, 1), "c"]';
  const graph = line([mapNode("each", items, { maxParallel: 2 })], {
    more: inside("each", call("one", "one-{{ index }}")),
  });
  const executionId = await failedOf(graph, "one-2");
  expect(await savedAndBilled(executionId)).toEqual({ saved: 3n * FEE, billed: 3n * FEE });
});

it("items that gave too much together are neither copied nor followed by the next before that is told", async () => {
  const graph = line([mapNode("each", "[1, 2, 3, 4, 5]", { value: "{{ input.text }}" })], {
    more: inside("each", call("one", "one-{{ item }}")),
  });
  const workflowId = await publishGraph(tenant.admin, "Large", graph);
  const first = await failed(await start(tenant, workflowId, "x".repeat(300_000)), "one-5");
  expect(await treeOf(tenant, first)).toHaveLength(6);
  const second = await failed(await resume(first));
  expect(await treeOf(tenant, second)).toMatchObject([{ id: second, errorCode: "output_too_large" }]);
  expect(await billedFor(tenant, second)).toBe(0n);
});
