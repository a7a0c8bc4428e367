import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { modelCalls } from "@/db/schema/model-calls";
import { chat } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { asking } from "./ask-testing";
import { SURE_MS } from "./metered-calls";
import { findForgottenCalls, giveUpForgottenCalls } from "./sweep";
import { addStubModel, readRun, seedRunPrices } from "./testing";
import type { Faults } from "./worker";

withTestDatabase();

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
  stub.reset();
});

const { started, ask, stopped, overtaken, tokenCosts, attemptsOf } = asking(() => ({ tenant, model }));

const answer = chat({ content: "Hello" }, { prompt_tokens: 100, completion_tokens: 50 });
/** What one answer costs at 2 and 8 dollars a million tokens. */
const ANSWER_COST = ["0.000200", "0.000400"];

describe("a step that another worker takes over", () => {
  it("takes nothing from a worker that was overtaken, also while the one that did is still at work", async () => {
    const executionId = await started();
    const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>();
    stub.play(chat({ content: "Late" }), async (response, request) => {
      await mayAnswer;
      return chat({ content: "Newer" })(response, request);
    });
    const { zombie, release } = await stopped(executionId, "after_effect");
    const newer = ask(executionId, { worker: { id: newId(), isAlone: true } });
    await until("the newer attempt to ask", () => stub.requests.length === 2);
    release();
    expect(await zombie).toMatchObject({ status: "retry" });
    answerNow();
    expect(await newer).toEqual({ status: "completed", ports: ["out"] });
    const { steps } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({
      attempt: 2,
      output: { text: "Newer" },
    });
  });

  it("takes over from a worker that died; the tenant pays for one answer and the lost call is uncertain", async () => {
    const executionId = await started();
    stub.play(answer, answer);
    const died = new Error("the process died");
    const faults: Faults = {
      at: (point) => {
        if (point === "after_effect") throw died;
      },
    };
    await expect(ask(executionId, { worker: { id: newId(), isAlone: true }, faults })).rejects.toBe(died);
    expect(await ask(executionId, { worker: { id: newId(), isAlone: true } })).toMatchObject({
      status: "completed",
    });
    const { calls } = await readRun(tenant.job, executionId);
    expect(calls.map((call) => call.status)).toEqual(["uncertain", "settled"]);
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
    expect(await attemptsOf(executionId)).toMatchObject([{ attempt: 1, outcome: "lost" }]);
  });

  it("fences off a worker that comes back from the dead", async () => {
    const executionId = await started();
    stub.play(chat({ content: "Old" }, { prompt_tokens: 9, completion_tokens: 9 }), answer);
    const { zombie, release } = await overtaken(executionId, "after_effect");
    release();
    await zombie;
    const { steps, calls } = await readRun(tenant.job, executionId);
    expect(steps.find((step) => step.nodeId === "ask")).toMatchObject({
      attempt: 2,
      output: { text: "Hello" },
    });
    expect(calls.map((call) => [call.status, call.inputTokens])).toEqual([
      ["uncertain", 9],
      ["settled", 100],
    ]);
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
  });

  it("asks nothing once its step was taken over", async () => {
    const executionId = await started();
    stub.play(answer);
    const { zombie, release } = await overtaken(executionId, "before_effect");
    const since = performance.now();
    await until("its claim to be too old", () => performance.now() - since > SURE_MS);
    release();
    await zombie;
    const { calls } = await readRun(tenant.job, executionId);
    expect(calls.map((call) => call.status)).toEqual(["uncertain", "settled"]);
    expect(stub.requests).toHaveLength(1);
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
  });
});

describe("a call of which nothing was heard for a quarter of an hour", () => {
  const beganLongAgo = () =>
    asWorker(tenant.job, (tx) =>
      tx.update(modelCalls).set({ startedAt: sql`now() - interval '16 minutes'` }),
    );

  it("is given up when nobody works on its step", async () => {
    const executionId = await started();
    stub.play(answer);
    const faults: Faults = {
      at: (point) => {
        if (point === "after_effect") throw new Error("the process died");
      },
    };
    await expect(ask(executionId, { faults })).rejects.toThrow("died");
    await beganLongAgo();
    await letGo(executionId);
    expect(await findForgottenCalls()).toContain(tenant.tenantId);
    expect(await giveUpForgottenCalls(tenant.job)).toBe(1);
    const { calls } = await readRun(tenant.job, executionId);
    expect(calls.map(({ status }) => status)).toEqual(["uncertain"]);
  });

  it("goes on while its step does, and is billed", async () => {
    const executionId = await started();
    stub.play(answer);
    const { zombie, release } = await stopped(executionId, "after_effect");
    await beganLongAgo();
    expect(await findForgottenCalls()).not.toContain(tenant.tenantId);
    expect(await giveUpForgottenCalls(tenant.job)).toBe(0);
    release();
    expect(await zombie).toMatchObject({ status: "completed" });
    const { calls } = await readRun(tenant.job, executionId);
    expect(calls.map(({ status }) => status)).toEqual(["settled"]);
    expect(await tokenCosts(executionId)).toEqual(ANSWER_COST);
  });

  /** The time is over in which the worker of the run's step shows a sign of life. */
  const letGo = (executionId: string) =>
    asWorker(tenant.job, (tx) =>
      tx
        .update(executionSteps)
        .set({ leaseUntil: sql`now() - interval '1 second'` })
        .where(and(eq(executionSteps.executionId, executionId), eq(executionSteps.status, "running"))),
    );
});
