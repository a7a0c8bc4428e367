import { and, eq, sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { systemRates } from "@/db/schema/billing";
import { aiModels } from "@/db/schema/config";
import { stepAttempts } from "@/db/schema/run-control";
import { FAILURES_TO_OPEN, OPEN_MS } from "@/lib/ai/circuit";
import { closeCircuits } from "@/lib/ai/guarded-fetch";
import { shiftClock } from "@/lib/clock";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import type { GraphNode } from "@/lib/workflows/graph";
import { testNode } from "@/lib/workflows/graph-testing";
import { executeNode } from "../execute-node";
import { finishRun } from "../finish";
import { readRun } from "../testing";
import { brokenInvariants } from "./testing/invariants";
import { askNode, begin, publishChain, seedFaultModel } from "./testing/scene";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

const OTHER_MODEL = "steady";
/** What is added to a wait, so that not all come back at once. */
const SPREAD_MS = 5_000;

let model: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
  await asPlatform(await makePlatform(), async (tx) => {
    await tx.insert(aiModels).values({
      modelKey: OTHER_MODEL,
      modelName: "Steady",
      provider: "openai_compatible",
      modelType: "text",
    });
    const rate = {
      modelKey: OTHER_MODEL,
      unit: "1M_tokens",
      rate: "2",
      effectiveFrom: new Date("2020-01-01"),
    };
    await tx.insert(systemRates).values([
      { ...rate, resourceType: "text_tokens_input" },
      { ...rate, resourceType: "text_tokens_output" },
    ]);
  });
});
afterAll(() => provider.close());
beforeEach(() => {
  provider.reset();
  closeCircuits();
});
afterEach(() => shiftClock(0));

/** A run that has come to its node `ask`. */
async function arrived(tenant: TestTenant, node: GraphNode, text: string): Promise<string> {
  const executionId = await begin(tenant, await publishChain(tenant, [node]), text);
  await executeNode(tenant.job, { executionId, nodeId: "input" });
  return executionId;
}

/** The next attempt at the node, without the wait before it. */
async function attempt(tenant: TestTenant, executionId: string) {
  await asWorker(tenant.job, (tx) =>
    tx
      .update(executionSteps)
      .set({ leaseUntil: sql`now()` })
      .where(and(eq(executionSteps.executionId, executionId), eq(executionSteps.status, "running"))),
  );
  return executeNode(tenant.job, { executionId, nodeId: "ask" });
}

async function completed(tenant: TestTenant, executionId: string) {
  await executeNode(tenant.job, { executionId, nodeId: "output" });
  return finishRun(tenant.job, executionId);
}

const askedOf = (name: string) => provider.requests.filter(({ body }) => body.model === name).length;

describe.each(["unavailable", "broken", "reset"])("a provider that is %s for everybody", (scenario) => {
  /** So many fail that it counts as down, one attempt of a run each. */
  async function storm(tenant: TestTenant, failing: number): Promise<string[]> {
    const node = askNode("ask", model, `[[${scenario} ${failing}]]`);
    const ids: string[] = [];
    for (let n = 0; n < FAILURES_TO_OPEN; n += 1) ids.push(await arrived(tenant, node, `${scenario}${n}`));
    const answers = await Promise.all(ids.map((id) => attempt(tenant, id)));
    expect(answers.map(({ status }) => status)).toEqual(ids.map(() => "retry"));
    expect(askedOf(model)).toBe(FAILURES_TO_OPEN);
    return ids;
  }

  it("is left alone: runs wait and say so, are charged nothing, and go on once it is back", async () => {
    const tenant = await makeTenant();
    const ids = await storm(tenant, 1);
    const [first = "", ...others] = ids;
    const refused = await attempt(tenant, first);
    expect(refused).toMatchObject({ status: "retry", message: expect.stringContaining("left alone") });
    const waitMs = refused.status === "retry" ? refused.afterMs : 0;
    expect(waitMs).toBeGreaterThan(OPEN_MS - 10_000);
    expect(waitMs).toBeLessThanOrEqual(OPEN_MS + SPREAD_MS);
    expect(askedOf(model)).toBe(FAILURES_TO_OPEN);
    const attempts = await asWorker(tenant.job, (tx) => tx.select().from(stepAttempts));
    expect(attempts.filter(({ errorCode }) => errorCode === "provider_down")).toMatchObject([
      { attempt: 2, outcome: "failed", errorMessage: expect.stringContaining("“stub”") },
    ]);

    shiftClock(OPEN_MS);
    expect(await attempt(tenant, first)).toMatchObject({ status: "completed" });
    expect(await attempt(tenant, others[0] ?? "")).toMatchObject({ status: "completed" });
    expect(await completed(tenant, first)).toBe("completed");
    const { ledger, calls } = await readRun(tenant.job, first);
    expect(calls.map(({ status }) => status)).toEqual(["failed", "failed", "settled"]);
    expect(ledger.filter((row) => row.modelKey === model)).toHaveLength(2);
    expect(askedOf(model)).toBe(FAILURES_TO_OPEN + 2);
  });

  it("is asked by one run after the pause, and left alone again when that fails", async () => {
    const tenant = await makeTenant();
    const ids = await storm(tenant, 0);
    shiftClock(OPEN_MS);
    const again = await Promise.all(ids.map((id) => attempt(tenant, id)));
    expect(again.map(({ status }) => status)).toEqual(ids.map(() => "retry"));
    expect(askedOf(model)).toBe(FAILURES_TO_OPEN + 1);
    await attempt(tenant, ids[0] ?? "");
    expect(askedOf(model)).toBe(FAILURES_TO_OPEN + 1);
  });

  it("holds up nobody else: another model there, and runs that need none", async () => {
    const tenant = await makeTenant();
    await storm(tenant, 0);
    const url = `${provider.origin}/do/ok`;
    const call = { method: "POST", url, headers: [], body: "{}", allowedStatus: [], timeoutMs: 5_000 };
    const calm = [askNode("ask", OTHER_MODEL), testNode("ask", "http", call)];
    for (const node of calm) {
      const executionId = await arrived(tenant, node, `calm-${node.kind}`);
      expect(await attempt(tenant, executionId)).toMatchObject({ status: "completed" });
      expect(await completed(tenant, executionId)).toBe("completed");
    }
    expect(askedOf(OTHER_MODEL)).toBe(1);
  });
});

it("requests that a provider refuses or limits do not count against it", async () => {
  const tenant = await makeTenant();
  for (const scenario of ["refused", "busy", "refused", "busy"]) {
    const node = askNode("ask", model, `[[${scenario}]]`);
    for (let n = 0; n < 4; n += 1)
      await attempt(tenant, await arrived(tenant, node, `${scenario}${provider.requests.length}`));
  }
  expect(askedOf(model)).toBe(16);
  const fine = await arrived(tenant, askNode("ask", model), "fine");
  expect(await attempt(tenant, fine)).toMatchObject({ status: "completed" });
  expect((await brokenInvariants({ requests: provider.requests })).map(({ rule }) => rule)).toEqual([
    "every run has ended",
  ]);
});
