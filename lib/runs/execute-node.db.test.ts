import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { aiModels } from "@/db/schema/config";
import { chat, hang, json } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { asking } from "./ask-testing";
import { cancelRun } from "./commands/cancel";
import { executeNode } from "./execute-node";
import { finishRun } from "./finish";
import { addStubModel, readRun, seedRunPrices } from "./testing";
import type { Faults } from "./worker";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let stub: Provider;
let model: string;
let tenant: TestTenant;

beforeAll(async () => {
  stub = await startProvider();
  await seedRunPrices();
  model = await addStubModel(stub.baseUrl);
});
afterAll(() => stub.close());
beforeEach(async () => {
  tenant = await makeTenant();
});

const { started, ask, tokenCosts, attemptsOf } = asking(() => ({ tenant, model }));

async function switchModel(isActive: boolean): Promise<void> {
  await asPlatform(await makePlatform(), (tx) =>
    tx.update(aiModels).set({ isActive }).where(eq(aiModels.modelKey, model)),
  );
}

const answer = chat({ content: "Hello" }, { prompt_tokens: 100, completion_tokens: 50 });
/** What one answer costs at 2 and 8 dollars a million tokens. */
const ANSWER_COST = ["0.000200", "0.000400"];

describe("executeNode", () => {
  it("asks, stores and bills once, however often it is called at the same time and after", async () => {
    const executionId = await started();
    const { promise: othersCame, resolve: release } = Promise.withResolvers<void>();
    stub.play(async (response, request) => {
      await othersCame;
      return answer(response, request);
    });
    let refused = 0;
    const together = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const reference = await ask(executionId);
        if (reference.status === "retry") refused += 1;
        if (refused === 3) release();
        return reference;
      }),
    );
    expect(together.filter((reference) => reference.status === "completed")).toHaveLength(1);
    expect(await ask(executionId)).toEqual({ status: "completed", ports: ["out"] });
    expect(stub.requests).toHaveLength(1);
    const { steps, calls } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({
      attempt: 1,
      output: { text: "Hello" },
    });
    expect(calls).toMatchObject([{ status: "settled", inputTokens: 100, outputTokens: 50 }]);
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
  });

  it("says of a call that its model was switched off before it was made, and bills nothing of it", async () => {
    const executionId = await started();
    await switchModel(false);
    expect(await ask(executionId)).toEqual({ status: "failed" });
    await switchModel(true);
    const { steps, calls, ledger } = await readRun(tenant.job, executionId);
    const step = steps.find(({ nodeId }) => nodeId === "ask");
    expect(step?.errorMessage).toBe(`The model ${model} is not available. Choose another one.`);
    expect(calls).toMatchObject([
      { status: "failed", inputTokens: 0, outputTokens: 0, errorMessage: "It was not made." },
    ]);
    expect(ledger.map((row) => row.nodeId)).toEqual(["input"]);
  });

  it("waits as long as the provider asks, tries again, and bills only the answer", async () => {
    const executionId = await started();
    stub.play(json(429, {}, { "retry-after": "2" }), answer);
    expect(await ask(executionId)).toMatchObject({ status: "retry", afterMs: 2_000 });
    const early = await ask(executionId);
    expect(early).toMatchObject({ status: "retry" });
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({
      status: "running",
      errorCode: "http_429",
    });
    await asWorker(tenant.job, (tx) =>
      tx.update(executionSteps).set({ leaseUntil: sql`now()` }).where(eq(executionSteps.nodeId, "ask")),
    );
    expect(await ask(executionId)).toMatchObject({ status: "completed" });
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
    expect(await attemptsOf(executionId)).toMatchObject([
      { attempt: 1, outcome: "failed", errorCode: "http_429", waitMs: 2_000, startedAt: expect.any(Date) },
    ]);
  });

  it("never tries again what cannot get better, and fails the run naming the node", async () => {
    const executionId = await started();
    stub.play(json(400, { error: { message: "no" } }), answer);
    expect(await ask(executionId)).toEqual({ status: "failed" });
    expect(stub.requests).toHaveLength(1);
    expect(await finishRun(tenant.job, executionId)).toBe("failed");
    const { run } = await readRun(tenant.job, executionId);
    expect(run).toMatchObject({ errorNodeId: "ask", errorCode: "http_400" });
    expect(run.errorMessage).toMatch(/^“ask”: /);
    expect(await tokenCosts(executionId)).toEqual([]);
  });

  it("a cancel reaches the call that is under way", async () => {
    const executionId = await started();
    stub.play(hang);
    const running = ask(executionId);
    await until("the call to be made", async () => stub.requests.length === 1 || null);
    await cancelRun(tenant.admin, { executionId });
    expect(await running).toEqual({ status: "cancelled" });
    const { run, steps } = await readRun(tenant.job, executionId);
    expect(run.status).toBe("cancelled");
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({ status: "cancelled", output: null });
    expect(await ask(executionId)).toEqual({ status: "cancelled" });
    expect(await cancelRun(tenant.admin, { executionId })).toMatchObject({ status: "cancelled" });
  });

  it("drops what a cancelled run still gave, and bills what it used", async () => {
    const executionId = await started();
    stub.play(answer);
    const faults: Faults = {
      at: async (point) => {
        if (point === "after_effect") await cancelRun(tenant.admin, { executionId });
      },
    };
    expect(await ask(executionId, { faults })).toEqual({ status: "cancelled" });
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({ status: "cancelled", output: null });
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
  });

  it("breaks off a node when the run's time is up", async () => {
    const executionId = await started();
    await asWorker(tenant.job, (tx) =>
      tx
        .update(executions)
        .set({ deadlineAt: sql`now() + interval '1 second'` })
        .where(eq(executions.id, executionId)),
    );
    stub.play(hang);
    expect(await ask(executionId)).toEqual({ status: "failed" });
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({ errorCode: "node_timeout" });
  });

  it("gives up a node that loses its process again and again", async () => {
    const executionId = await started();
    stub.play(answer, answer, answer, answer, answer);
    const faults: Faults = {
      at: (point) => {
        if (point === "before_effect") throw new Error("the process died");
      },
    };
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await expect(ask(executionId, { worker: { id: newId(), isAlone: true }, faults })).rejects.toThrow(
        "died",
      );
    }
    expect(await ask(executionId, { worker: { id: newId(), isAlone: true } })).toEqual({ status: "failed" });
    expect(stub.requests).toHaveLength(0);
  });

  it("does not exist for another tenant", async () => {
    const executionId = await started();
    const stranger = await makeTenant();
    await expect(executeNode(stranger.job, { executionId, nodeId: "ask" })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
