import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { creditHolds } from "@/db/schema/wallets";
import { chat, type Reply, raw, toolCall } from "@/e2e/provider/replies";
import { until } from "@/inngest/engine/testing";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testNode } from "@/lib/workflows/graph-testing";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { readRun } from "../testing";
import { brokenInvariants } from "./testing/invariants";
import { begin, publishChain, seedFaultModel } from "./testing/scene";

/** The model, and the host its tools may reach. */
const [provider, host] = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = [await startProvider(), await startProvider()] as const;
  process.env.OUTBOUND_ALLOW = started.map((one) => one.host).join(",");
  return started;
});

withTestDatabase();

let model: string;
let tenant: TestTenant;
beforeAll(async () => {
  model = await seedFaultModel(provider);
});
afterAll(() => Promise.all([provider.close(), host.close()]));
beforeEach(async () => {
  tenant = await makeTenant();
  host.reset();
});

/** An agent that is to read pages with its tool. */
const reader = () => withTools({ tools: ["http_get"], allowedHosts: ["127.0.0.1"] });

async function withTools(config: object) {
  const input = { name: "Reader", role: "Read the page.", llmConfig: { modelKey: model, ...config } };
  const { id: agentId } = await createAgent(tenant.admin, createAgentInput.parse(input));
  const node = testNode("ask", "agent", { agentId, prompt: "Read it." });
  return begin(tenant, await publishChain(tenant, [node]), "reading");
}

/** Reads this page, and then answers. */
async function reading(path: string) {
  const executionId = await reader();
  provider.play(
    chat(toolCall("http_get", { url: `${host.origin}/do/${path}` })),
    chat({ content: "I could not." }),
  );
  return read(executionId);
}

async function read(executionId: string) {
  for (const nodeId of ["input", "ask", "output"]) await executeNode(tenant.job, { executionId, nodeId });
  const ended = await finishRun(tenant.job, executionId);
  const { steps } = await readRun(tenant.job, executionId);
  const messages = JSON.stringify(provider.requests.at(-1)?.body.messages);
  expect(await brokenInvariants({ acknowledged: [executionId] })).toEqual([]);
  return { ended, step: steps.find(({ nodeId }) => nodeId === "ask"), told: messages };
}

/** A model that asks for a tool so many times in each round, until it may not. It does not count: what it was sent is counted here. */
function calling(times: number, called: object, content: string): Reply[] {
  const tool_calls = Array.from({ length: times }, (_, at) => ({
    id: `t${at}`,
    type: "function",
    function: called,
  }));
  const round: Reply = (response, request) =>
    chat(request.body.tool_choice === "none" ? { content } : { tool_calls }, null)(response, request);
  return Array.from({ length: 8 }, () => round);
}

/** What was used cost no more than was set aside for it. */
async function expectWithinHold() {
  const [hold] = await asWorker(tenant.job, (tx) =>
    tx.select({ amount: creditHolds.amount, settled: creditHolds.settledAmount }).from(creditHolds),
  );
  expect(Number(hold?.settled)).toBeGreaterThan(0);
  expect(Number(hold?.settled)).toBeLessThanOrEqual(Number(hold?.amount));
}

describe("the host of a tool", () => {
  it.each([
    ["drip/100", "did not answer in time", 1],
    ["huge", "larger than 1 MB", 1],
    ["redirect", "redirects too often", null],
    ["reset", "could not be reached", 1],
  ])("does %s: the model is told, and the run goes on", async (path, message, times) => {
    const { ended, step, told } = await reading(path);
    expect([ended, step?.attempt, step?.output]).toMatchObject(["completed", 1, { text: "I could not." }]);
    expect(told).toContain(message);
    if (times !== null) expect(host.requests).toHaveLength(times);
    expect(host.requests.length).toBeLessThan(20);
    await until("the host to be left", () => host.requests.every(({ end }) => end !== "open"));
  });

  it("is asked for twenty long pages in every round: what is read costs no more than was set aside", async () => {
    const executionId = await reader();
    const page = raw(200, JSON.stringify("A delivery is late after three days. ".repeat(600)));
    host.play(...Array.from({ length: 140 }, () => page));
    const called = { name: "http_get", arguments: JSON.stringify({ url: `${host.origin}/late` }) };
    provider.play(...calling(20, called, "Three days."));
    const { ended, step, told } = await read(executionId);
    expect([ended, step?.output]).toMatchObject(["completed", { text: "Three days." }]);
    await expectWithinHold();
    expect(told).toContain("late after three days");
    expect(told).toContain("as much as they may for one answer");
  });
});

it.each([
  ["fail", { name: "calculator", arguments: '{"expression":"1/0"}' }, "divided by zero"],
  ["are asked in a way they do not take", { name: "calculator", arguments: "{}" }, "Invalid input"],
  ["it does not have", { name: "search", arguments: "{}" }, "unavailable tool"],
])(
  "tells a model of tools that %s no more than was set aside, however often it tries",
  async (_, called, message) => {
    const executionId = await withTools({ tools: ["calculator"], parameters: { maxOutputTokens: 1_000 } });
    provider.play(...calling(100, called, "It is not possible."));
    const { ended, step, told } = await read(executionId);
    expect([ended, step?.output]).toMatchObject(["completed", { text: "It is not possible." }]);
    await expectWithinHold();
    expect(told).toContain(message);
  },
);
