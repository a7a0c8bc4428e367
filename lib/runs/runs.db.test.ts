import { and, eq, inArray, sql } from "drizzle-orm";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { runEvents } from "./events";
import { executeNode } from "./execute-node";
import { finishRun } from "./finish";
import { listRuns } from "./queries";
import { getRun } from "./run-queries";
import { getStep } from "./step-queries";
import { findStrays, mendRun } from "./sweep";
import {
  beginRun,
  chain,
  llmNode,
  makeAgent,
  publishGraph,
  readRun,
  seedRunPrices,
  TEST_MODEL,
  transformNode,
} from "./testing";

withTestDatabase();
vi.setConfig({ testTimeout: 90_000 });

let tenant: TestTenant;
beforeAll(() => seedRunPrices());
beforeEach(async () => {
  tenant = await makeTenant();
});

const echo = () =>
  publishGraph(
    tenant.admin,
    "Echo",
    chain([transformNode("t", { text: "{{ input.text }}!" })], "{{ t.text }}"),
  );

async function runToEnd(executionId: string): Promise<void> {
  await beginRun(tenant.job, executionId);
  for (const nodeId of ["input", "t", "output"]) await executeNode(tenant.job, { executionId, nodeId });
  await finishRun(tenant.job, executionId);
}

describe("starting", () => {
  it("starts one run for one key, however often and at once", async () => {
    const workflowId = await echo();
    const request = { workflowId, useDraft: false, input: { text: "a" }, idempotencyKey: "k1" };
    const all = await Promise.all(Array.from({ length: 8 }, () => startRun(tenant.member, request)));
    expect(new Set(all.map((run) => run.executionId)).size).toBe(1);
    expect(all.filter((run) => run.isNew)).toHaveLength(1);
    const other = startRun(tenant.member, { ...request, input: { text: "b" } });
    await expect(other).rejects.toMatchObject({ code: "conflict", reason: "idempotency_key_reused" });
    expect((await listRuns(tenant.member)).items).toHaveLength(1);
  });

  it("names each field of the input that is wrong, and unknown ones", async () => {
    const workflowId = await echo();
    const wrong = startRun(tenant.admin, { workflowId, useDraft: false, input: { text: 7, more: 1 } });
    await expect(wrong).rejects.toMatchObject({
      code: "invalid",
      fields: { "input.text": ["“Text” must be text."], "input.more": [expect.stringContaining("more")] },
    });
    const large = startRun(tenant.admin, {
      workflowId,
      useDraft: false,
      input: { text: "x".repeat(1_100_000) },
    });
    await expect(large).rejects.toMatchObject({ code: "limit_exceeded" });
  });

  it("refuses what has no price, naming resource and model, and writes nothing", async () => {
    const modelKey = `unpriced-${newId()}`;
    await asPlatform(await makePlatform(), (tx) =>
      tx.execute(
        sql`insert into ai_models (id, model_key, model_name, provider, model_type) values (${newId()}, ${modelKey}, 'New', 'internal', 'text')`,
      ),
    );
    const workflowId = await publishGraph(tenant.admin, "Unpriced", chain([llmNode("ask", modelKey)], "x"));
    const refused = startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "a" } });
    await expect(refused).rejects.toMatchObject({ code: "precondition", reason: "rate_missing" });
    await expect(refused).rejects.toThrow(modelKey);
    expect((await listRuns(tenant.admin)).items).toEqual([]);
  });

  it("runs the published version unless the draft is asked for, and pins what it runs", async () => {
    const workflowId = await echo();
    const { executionId } = await startRun(tenant.admin, {
      workflowId,
      useDraft: true,
      input: { text: "a" },
    });
    const { run } = await readRun(tenant.job, executionId);
    expect(run.workflowVersionId).not.toBeNull();
    expect(await getRun(tenant.admin, executionId)).toMatchObject({ versionNumber: 1, name: "Echo" });
  });
});

describe("another tenant", () => {
  it("finds no run, no step, no events, and cannot cancel", async () => {
    const agentId = await makeAgent(tenant.admin, "Ana");
    const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "Hi" } });
    const { admin } = await makeTenant();
    const missing = { code: "not_found" };
    await expect(getRun(admin, executionId)).rejects.toMatchObject(missing);
    await expect(getStep(admin, { executionId, nodeId: "agent" })).rejects.toMatchObject(missing);
    await expect(cancelRun(admin, { executionId })).rejects.toMatchObject(missing);
    await expect(startRun(admin, { agentId, input: { prompt: "Hi" } })).rejects.toMatchObject(missing);
    const events = runEvents(admin, executionId, { signal: new AbortController().signal });
    await expect(events.next()).rejects.toMatchObject(missing);
    expect((await listRuns(admin)).items).toEqual([]);
  });
});

describe("looking", () => {
  it("tells a live view every change up to the end, and what each step cost", async () => {
    const workflowId = await echo();
    const { executionId } = await startRun(tenant.admin, {
      workflowId,
      useDraft: false,
      input: { text: "a" },
    });
    const finished = runToEnd(executionId);
    const seen = new Map<string, string>();
    let last: string | undefined;
    for await (const message of runEvents(tenant.admin, executionId, {
      signal: AbortSignal.timeout(60_000),
    })) {
      if (!message) continue;
      for (const step of message.steps) seen.set(step.nodeId, step.status);
      last = message.execution.status;
    }
    await finished;
    expect(last).toBe("completed");
    expect(Object.fromEntries(seen)).toEqual({ input: "completed", t: "completed", output: "completed" });
    const run = await getRun(tenant.admin, executionId);
    expect(run.steps.map((step) => step.costMicros)).toEqual(["100", "100", "100"]);
    expect(run.costMicros).toBe("300");
    const step = await getStep(tenant.admin, { executionId, nodeId: "t" });
    expect(step).toMatchObject({
      output: { text: "a!" },
      charges: [{ resourceType: "workflow_node", rateMicros: "100" }],
    });
  });

  it("filters and pages the list", async () => {
    const workflowId = await echo();
    const ids: string[] = [];
    for (const text of ["a", "b", "c"]) {
      ids.unshift(
        (await startRun(tenant.admin, { workflowId, useDraft: false, input: { text } })).executionId,
      );
    }
    const first = await listRuns(tenant.admin, { limit: 2, workflowId });
    expect(first.items.map((run) => run.id)).toEqual(ids.slice(0, 2));
    const second = await listRuns(tenant.admin, { limit: 2, cursor: first.nextCursor ?? "" });
    expect([second.items.map((run) => run.id), second.nextCursor]).toEqual([ids.slice(2), null]);
    expect((await listRuns(tenant.admin, { q: "ech" })).items).toHaveLength(3);
    expect((await listRuns(tenant.admin, { q: "%" })).items).toHaveLength(0);
    expect((await listRuns(tenant.admin, { q: ids[1] ?? "" })).items).toHaveLength(1);
    expect((await listRuns(tenant.admin, { status: "failed" })).items).toEqual([]);
  });
});

describe("the sweeper", () => {
  const isStray = async (executionId: string) =>
    (await findStrays()).some((stray) => stray.executionId === executionId);
  const change = (executionId: string, set: Record<string, unknown>) =>
    asWorker(tenant.job, (tx) => tx.update(executions).set(set).where(eq(executions.id, executionId)));
  const begin = async () => {
    const workflowId = await echo();
    return (await startRun(tenant.admin, { workflowId, useDraft: false, input: { text: "a" } })).executionId;
  };

  it("sends what was never sent", async () => {
    const executionId = await begin();
    expect(await isStray(executionId)).toBe(false);
    await change(executionId, { dispatchedAt: null, createdAt: sql`now() - interval '1 minute'` });
    expect(await isStray(executionId)).toBe(true);
    await mendRun(tenant.job, executionId);
    const { run } = await readRun(tenant.job, executionId);
    expect(run.dispatchedAt).not.toBeNull();
    expect(await isStray(executionId)).toBe(false);
  });

  it("finds what was never sent behind any number that are worked on for long", async () => {
    const executionId = await begin();
    const { run } = await readRun(tenant.job, executionId);
    await change(executionId, {
      status: "pending",
      dispatchedAt: null,
      createdAt: sql`now() - interval '1 minute'`,
    });
    const ids = Array.from({ length: 200 }, () => newId());
    const long = {
      tenantId: tenant.tenantId,
      workflowId: run.workflowId,
      workflowVersionId: run.workflowVersionId,
      status: "running",
      trigger: "api",
      inputData: {},
      admittedAt: sql`now()`,
      dispatchedAt: sql`now() - interval '10 minutes'`,
      createdAt: sql`now() - interval '10 minutes'`,
    };
    const step = { tenantId: tenant.tenantId, nodeId: "t", kind: "llm", name: "T", status: "running" };
    const lease = { workerId: "another", leaseUntil: sql`now() + interval '1 minute'` };
    await asWorker(tenant.job, async (tx) => {
      await tx.insert(executions).values(ids.map((id) => ({ ...long, id })));
      await tx
        .insert(executionSteps)
        .values(ids.map((id) => ({ ...step, ...lease, id: newId(), executionId: id })));
    });
    expect(await isStray(executionId)).toBe(true);
    const done = { status: "completed" };
    await asWorker(tenant.job, async (tx) => {
      await tx.update(executionSteps).set(done).where(inArray(executionSteps.executionId, ids));
      await tx.update(executions).set(done).where(inArray(executions.id, ids));
    });
  });

  it("fails what is late and closes the steps it left, with the call that has no end", async () => {
    const workflowId = await publishGraph(tenant.admin, "Ask", chain([llmNode("ask", TEST_MODEL)], "x"));
    const { executionId } = await startRun(tenant.admin, {
      workflowId,
      useDraft: false,
      input: { text: "a" },
    });
    await executeNode(tenant.job, { executionId, nodeId: "input" });
    const faults = {
      at: (point: string) => {
        if (point === "after_effect") throw new Error("the process died");
      },
    };
    await expect(executeNode(tenant.job, { executionId, nodeId: "ask" }, { faults })).rejects.toThrow("died");
    await change(executionId, { deadlineAt: sql`now() - interval '1 second'` });
    await asWorker(tenant.job, (tx) =>
      tx
        .update(executionSteps)
        .set({ leaseUntil: sql`now() - interval '1 minute'` })
        .where(and(eq(executionSteps.executionId, executionId), eq(executionSteps.status, "running"))),
    );
    await mendRun(tenant.job, executionId);
    const { run, steps, calls, ledger } = await readRun(tenant.job, executionId);
    expect(run).toMatchObject({ status: "failed", errorCode: "run_timeout" });
    expect(steps.map((step) => step.status)).toEqual(["completed", "cancelled"]);
    expect(calls.map((call) => call.status)).toEqual(["uncertain"]);
    expect(ledger.map((row) => row.nodeId)).toEqual(["input"]);
    expect(await isStray(executionId)).toBe(false);
  });
});
