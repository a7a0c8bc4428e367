import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { database } from "@/db/pool";
import { readPreparation } from "@/db/preparation";
import { executions } from "@/db/schema/ai";
import { chatStream } from "@/e2e/provider/replies";
import { type Provider, startProvider } from "@/e2e/provider/server";
import { until } from "@/inngest/engine/testing";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { waiting } from "@/lib/testing/held";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { driveRun } from "./drive";
import { endRun } from "./end-run";
import { askNode, begin, publishChain, seedFaultModel, settledInvariants } from "./faults/testing/scene";
import { newFollowUps } from "./follow-up";
import { lookAfterCalls } from "./live";
import { runPlayground } from "./playground";
import { openRun } from "./playground-record";
import { LEASE_MS } from "./steps";
import { loadRun } from "./store";
import { findStrays, mendRun } from "./sweep";
import { readRun } from "./testing";
import { watchStep } from "./watch";

withTestDatabase();

let provider: Provider;
let model: string;
let tenant: TestTenant;

beforeAll(async () => {
  provider = await startProvider();
  model = await seedFaultModel(provider);
});
afterAll(() => provider.close());
beforeEach(async () => {
  provider.reset();
  tenant = await makeTenant();
});
afterEach(() => void vi.useRealTimers());

/** Words without an end, once they are being said; and what comes when they are left. */
type Asked = { executionId: string; left: Promise<unknown> };

async function answered(executionId: string, left: Promise<unknown>): Promise<Asked> {
  await until("words to be said", () => provider.requests.find(({ status }) => status === 200));
  return { executionId, left };
}

/** What an agent is asked. */
async function question() {
  const hired = { name: "Talker", role: "You count.", llmConfig: { modelKey: model } };
  const { id: agentId } = await createAgent(tenant.admin, createAgentInput.parse(hired));
  return { agentId, messages: [{ role: "user" as const, content: "Count" }] };
}

const ways = {
  "an answer in the playground": async () => {
    provider.play(chatStream(["One "], "hang"));
    const { executionId, answer } = await runPlayground(tenant.admin, await question());
    return answered(
      executionId,
      answer.catch((error) => error),
    );
  },
  "a step of a workflow": async () => {
    const workflowId = await publishChain(tenant, [askNode("talk", model, "[[talk 100]]")]);
    const executionId = await begin(tenant, workflowId, "talk");
    return answered(executionId, driveRun(tenant.job, executionId, { budgetMs: 60_000 }));
  },
};
const all = Object.entries(ways);

/** What a cancel in another process leaves in the database; nobody tells this one. */
function endElsewhere(executionId: string): Promise<unknown> {
  return asWorker(tenant.job, async (tx) => {
    const run = await loadRun(tx, tenant.job, executionId);
    return endRun(tx, tenant.job, run, { status: "cancelled" }, newFollowUps());
  });
}

async function expectLeft({ executionId, left }: Asked): Promise<void> {
  await until("the provider to be left", () => provider.requests.every(({ end }) => end === "left"));
  await left;
  const { run, steps, calls } = await readRun(tenant.job, executionId);
  expect(run.status).toBe("cancelled");
  expect(steps.filter(({ status }) => status === "running")).toEqual([]);
  expect(calls).toMatchObject([{ status: "failed", outputTokens: expect.any(Number) }]);
  expect(calls[0]?.outputTokens).toBeGreaterThan(0);
}

describe("a run that another process ended", () => {
  it.each(all)("has %s left as soon as the database says so", async (_, ask) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const asked = await ask();
    await endElsewhere(asked.executionId);
    await expectLeft(asked);
  });

  it.each(all)("has %s left also where the database says nothing, as behind a pooler", async (_, ask) => {
    const asked = await ask();
    const ended = { status: "cancelled", completedAt: new Date() } as const;
    await asWorker(tenant.job, (tx) =>
      tx.update(executions).set(ended).where(eq(executions.id, asked.executionId)),
    );
    await expectLeft(asked);
  });

  it.runIf(testServerUrl()).each(all)("has %s left when it was said to nobody", async (_, ask) => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const asked = await ask();
    const { pool } = await database();
    const listening = `from pg_stat_activity where datname = current_database()
      and application_name = 'hirebuddha-listen' and query like 'listen "run_ended"%'`;
    await until("the process to listen", async () => (await pool.query(`select 1 ${listening}`)).rows.length);
    await pool.query(`select pg_terminate_backend(pid) ${listening}`);
    await endElsewhere(asked.executionId);
    await expectLeft(asked);
  });
});

it("an answer whose process shows no sign of life ends when a step's lease has", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { executionId, left } = await ways["an answer in the playground"]();
  const { pool } = await database();
  await pool.query(
    `update execution_steps set lease_until = lease_until - $2 * interval '1 millisecond' where execution_id = $1`,
    [executionId, LEASE_MS + 31_000],
  );
  expect(await findStrays()).toContainEqual({ tenantId: tenant.tenantId, executionId });
  await mendRun(tenant.job, executionId);
  // Its process was only slow: it hears so, and notes what was said.
  await left;
  const { run, steps, calls } = await readRun(tenant.job, executionId);
  expect([run.status, run.errorCode]).toEqual(["failed", "interrupted"]);
  expect(steps).toHaveLength(1);
  expect(steps[0]?.status).not.toBe("running");
  expect(calls).toMatchObject([{ settledAt: expect.any(Date), outputTokens: expect.any(Number) }]);
  expect(await settledInvariants({ acknowledged: [executionId], requests: [] })).toEqual([]);
});

it.runIf(testServerUrl())("a step is looked after once at a time, however slow the database is", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const { pool } = await database();
  const holder = await pool.connect();
  await holder.query("begin; lock table executions in access exclusive mode");
  const nobody = { executionId: newId(), stepId: newId(), attempt: 1 };
  const { signal, stop } = watchStep(tenant.job, nobody, { timeoutMs: 60_000 });
  try {
    vi.advanceTimersByTime(2_000);
    await until("it to wait for an answer", async () => (await waiting()) > 0);
    vi.advanceTimersByTime(10_000);
    lookAfterCalls();
    await readPreparation();
    expect(await waiting()).toBe(1);
  } finally {
    await holder.query("rollback");
    holder.release();
  }
  await until("it to hear that there is no such run", () => signal.aborted);
  stop();
});

// The last ones: with them the clock of the process goes on for a while, and back again.
it.runIf(testServerUrl())("a step is still held while everything else has all connections", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const { executionId, stepId } = await openRun(tenant.admin, await question());
  const { pool, signsOfLife } = await database();
  const lease = async () => {
    const { rows } = await signsOfLife.query("select lease_until from execution_steps where id = $1", [
      stepId,
    ]);
    return rows[0]?.lease_until.getTime() ?? 0;
  };
  const watched = watchStep(tenant.job, { executionId, stepId, attempt: 1 }, { timeoutMs: 60_000 });
  const taken = await Promise.all(Array.from({ length: pool.options.max }, () => pool.connect()));
  try {
    const before = await lease();
    vi.advanceTimersByTime(LEASE_MS / 2);
    await until("its lease to be prolonged", async () => (await lease()) > before);
  } finally {
    for (const client of taken) client.release();
    watched.stop();
  }
});

it("a step whose time is up is still held while its effect comes to an end", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const { executionId, stepId } = await openRun(tenant.admin, await question());
  const lease = async () => (await readRun(tenant.job, executionId)).steps[0]?.leaseUntil?.getTime() ?? 0;
  const watched = watchStep(tenant.job, { executionId, stepId, attempt: 1 }, { timeoutMs: 1 });
  await until("its time to be up", () => watched.state().isTimedOut);
  const before = await lease();
  vi.advanceTimersByTime(LEASE_MS / 2);
  await until("its lease to be prolonged", async () => (await lease()) > before);
  watched.stop();
});

it.runIf(testServerUrl())("a step that somebody has locked keeps no other from being held", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  const { pool } = await database();
  const asked = await question();
  const hold = async () => {
    const { executionId, stepId } = await openRun(tenant.admin, asked);
    const watched = watchStep(tenant.job, { executionId, stepId, attempt: 1 }, { timeoutMs: 60_000 });
    const lease = async () => (await readRun(tenant.job, executionId)).steps[0]?.leaseUntil?.getTime() ?? 0;
    return { stepId, watched, lease, before: await lease() };
  };
  // The one that is free comes last: it would have to wait for the others.
  const held = [await hold(), await hold(), await hold(), await hold()];
  const [free, ...locked] = held.toReversed();
  const isProlonged = async (step: (typeof held)[number]) => (await step.lease()) > step.before;
  const holder = await pool.connect();
  await holder.query("begin");
  await holder.query("select from execution_steps where id = any($1) for update", [
    locked.map(({ stepId }) => stepId),
  ]);
  try {
    vi.advanceTimersByTime(LEASE_MS / 2);
    await until("the lease of the one to be prolonged", () => free && isProlonged(free), 10_000);
    expect(await waiting()).toBe(0);
    expect(await Promise.all(locked.map(isProlonged))).toEqual([false, false, false]);
  } finally {
    await holder.query("rollback");
    holder.release();
  }
  vi.advanceTimersByTime(2_000);
  await until("the others' to be prolonged", async () =>
    (await Promise.all(locked.map(isProlonged))).every(Boolean),
  );
  expect(held.map(({ watched }) => watched.signal.aborted)).toEqual([false, false, false, false]);
  for (const { watched } of held) watched.stop();
});
