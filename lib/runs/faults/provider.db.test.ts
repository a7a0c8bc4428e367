import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { until } from "@/inngest/engine/testing";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { closeCircuits } from "@/lib/ai/guarded-fetch";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { readRun } from "../testing";
import { brokenInvariants } from "./testing/invariants";
import { markedPrompt } from "./testing/prompts";
import { askNode, begin, publishChain, seedFaultModel } from "./testing/scene";

/** The provider, and the setting that lets nodes reach it, before anything reads the settings. */
const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

let model: string;
let tenant: TestTenant;
beforeAll(async () => {
  model = await seedFaultModel(provider);
});
afterAll(() => provider.close());
beforeEach(async () => {
  tenant = await makeTenant();
  provider.reset();
  closeCircuits();
});

/** A node that asks the provider, for text or for a field with a number. */
function ask(scenario: string, { isStructured = false } = {}): GraphNode {
  const node = askNode("ask", model, scenario);
  const outputFields = [{ key: "answer", type: "number", description: "" }];
  return isStructured ? { ...node, config: { ...node.config, outputFields } } : node;
}

function call(path: string, config: Record<string, unknown> = {}): GraphNode {
  return testNode("ask", "http", {
    method: "POST",
    url: `${provider.origin}/do/${path}`,
    headers: [],
    body: "{}",
    allowedStatus: [],
    timeoutMs: 1_000,
    ...config,
  });
}

/** Runs input → node → output to the end, as the engine does, without the waits between attempts. */
async function played(node: GraphNode, { mostSeconds = 60 } = {}) {
  const executionId = await begin(tenant, await publishChain(tenant, [node]), "played");
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  await asWorker(tenant.job, (tx) =>
    tx.update(executions).set({ deadlineAt: sql`now() + ${mostSeconds}::float8 * interval '1 second'` }),
  );
  const waits: number[] = [];
  for (;;) {
    const reference = await executeNode(tenant.job, { executionId, nodeId: node.id });
    if (reference.status !== "retry") break;
    waits.push(reference.afterMs);
    await asWorker(tenant.job, (tx) =>
      tx.update(executionSteps).set({ leaseUntil: sql`now()` }).where(eq(executionSteps.status, "running")),
    );
  }
  await executeNode(tenant.job, { executionId, nodeId: "output" });
  const ended = await finishRun(tenant.job, executionId);
  const { steps, ledger, calls } = await readRun(tenant.job, executionId);
  const step = steps.find((row) => row.nodeId === node.id);
  const charged = ledger.filter((row) => row.modelKey === model);
  expect(await brokenInvariants({ acknowledged: [executionId], requests: provider.requests })).toEqual([]);
  return { ended, step, calls, charged, waits, requests: provider.requests };
}

describe("a provider that fails", () => {
  it("asks us to slow down: waits as long as it says, then succeeds with one charge", async () => {
    const { ended, waits, requests, charged } = await played(ask("[[busy 2 3]]"));
    expect([ended, waits, requests.length]).toEqual(["completed", [3_000, 3_000], 3]);
    expect(charged.map((row) => row.resourceType).toSorted()).toEqual([
      "text_tokens_input",
      "text_tokens_output",
    ]);
  });

  it.each([
    ["broken", "http_500"],
    ["unavailable", "http_503"],
    ["reset", "network"],
    ["malformed", "bad_response"],
  ])(
    "%s all the time: tried again with growing waits, then failed, and nothing is charged",
    async (name, code) => {
      const { ended, step, waits, requests, charged } = await played(ask(`[[${name}]]`));
      expect([ended, step?.errorCode, requests.length]).toEqual(["failed", code, 4]);
      expect(waits[0]).toBeGreaterThanOrEqual(1_000);
      expect(waits[2]).toBeGreaterThan(waits[1] ?? 0);
      expect(charged).toEqual([]);
    },
  );

  it.each(["hang", "drip 50"])("does %s: given up when the run's time is up", async (scenario) => {
    const { ended, step, requests } = await played(ask(`[[${scenario}]]`), { mostSeconds: 1 });
    expect([ended, step?.errorCode]).toEqual(["failed", "node_timeout"]);
    await until("the provider to be left", () => requests.every((request) => request.end === "left"));
  });

  it("breaks off in the middle: what was said is charged by our own count and marked so, and it is asked again", async () => {
    const { ended, calls, charged, requests } = await played(ask("[[cut 1]]"));
    expect([ended, requests.length]).toEqual(["completed", 2]);
    expect(calls.map((row) => row.status)).toEqual(["failed", "settled"]);
    expect(calls[0]?.outputTokens).toBeGreaterThan(0);
    const output = charged.find((row) => row.resourceType === "text_tokens_output");
    expect(Number(output?.quantity) * 1_000_000).toBe(
      (calls[0]?.outputTokens ?? 0) + (calls[1]?.outputTokens ?? 0),
    );
  });

  it.each(["no_json", "wrong_schema", "nul"])(
    "answers %s where fields are asked for: corrected twice, then failed",
    async (name) => {
      const { ended, step, requests } = await played(ask(`[[${name}]]`, { isStructured: true }));
      expect([ended, step?.errorCode, requests.length]).toEqual(["failed", "bad_output", 3]);
    },
  );

  it("says what no database stores: it is kept without it", async () => {
    const { ended, step } = await played(ask("[[nul]]"));
    expect(ended).toBe("completed");
    expect(JSON.stringify(step?.output)).not.toMatch(/\\u0000|\\ud800/);
  });

  it("answers 5 MB: refused with a reason, and what it used is charged", async () => {
    const { ended, step, charged } = await played(ask("[[huge]]"));
    expect([ended, step?.status]).toEqual(["failed", "failed"]);
    expect(step?.errorCode).toBe("output_too_large");
    expect(charged).toHaveLength(2);
  });

  it("calls a tool where there is none: an answer without text", async () => {
    const { step } = await played(ask("[[unknown_tool]]"));
    expect(step).toMatchObject({ status: "completed", output: { text: "" } });
  });

  it.each(["negative", "absurd", "nan", "fractional", "missing"])(
    "reports %s usage: our own count is charged and marked",
    async (kind) => {
      const { ended, charged } = await played(ask(`[[usage ${kind}]]`));
      expect(ended).toBe("completed");
      expect(charged).toHaveLength(2);
      for (const row of charged) {
        expect(Number(row.quantity) * 1_000_000).toBeLessThan(200);
        expect(row.entryMetadata).toContain("counted by us");
      }
    },
  );

  it("reports usage that is no number at all: what was said is counted by us", async () => {
    const { ended, step, calls, charged } = await played(ask("[[usage text]]"));
    expect([ended, step?.errorCode]).toEqual(["failed", "bad_response"]);
    expect(calls.every((row) => Number(row.outputTokens) < 50)).toBe(true);
    expect(charged.every((row) => row.entryMetadata?.includes("counted by us"))).toBe(true);
  });

  it("calls tools without end: the agent stops at its limit of rounds", async () => {
    const llmConfig = { modelKey: model, tools: ["calculator"] };
    const input = { name: "Looper", role: "Answer.", llmConfig };
    const { id: agentId } = await createAgent(tenant.admin, createAgentInput.parse(input));
    const prompt = markedPrompt("ask", "[[endless_tools calculator]]");
    const { step, requests, calls } = await played(testNode("ask", "agent", { agentId, prompt }));
    expect([step?.errorCode, requests.length]).toEqual(["tool_loop", 8]);
    expect(calls).toHaveLength(1);
  });
});

describe("a service that fails", () => {
  it.each([
    ["hang", "timeout", 4],
    ["drip/50", "timeout", 4],
    ["huge", "response_too_large", 1],
    ["redirect", "too_many_redirects", null],
    ["reset", "network", 4],
  ])("does %s: the node fails with %s", async (path, code, times) => {
    const { ended, step, requests } = await played(call(path, { method: "GET" }));
    expect([ended, step?.errorCode]).toEqual(["failed", code]);
    if (times !== null) expect(requests).toHaveLength(times);
    expect(requests.length).toBeLessThan(50);
  });

  it("breaks the connection once: asked again with the same key, so that it can do the work once", async () => {
    const { ended, requests } = await played(call("reset/1"));
    expect(ended).toBe("completed");
    expect(requests.map((request) => [request.end, request.key])).toEqual([
      ["broken", expect.stringMatching(/^exec:/)],
      ["answered", requests[0]?.key],
    ]);
  });
});
