import { eq } from "drizzle-orm";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { notifications } from "@/db/schema/notifications";
import { approvals } from "@/db/schema/run-control";
import { until } from "@/inngest/engine/testing";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";
import { shiftClock } from "@/lib/clock";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { findUntold, tellSpending } from "@/lib/wallet/alerts";
import { extendCap, setCap } from "@/lib/wallet/caps/commands";
import { extendCapInput, setCapInput } from "@/lib/wallet/caps/input";
import { hold, release } from "@/lib/wallet/money-gatherer";
import { brokenMoney, give, prepaidTenant, use } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { DRIVE_MS, driveRun } from "./drive";
import { begin, publishChain } from "./faults/testing/scene";
import { getStep } from "./step-queries";
import { addSmallModel, makeAgent, readRun, SMALL_MODEL, seedRunPrices, TEST_MODEL } from "./testing";
import { wakePaid } from "./wake-paid";

withTestDatabase();

const DOLLAR = 1_000_000n;
let tenant: TestTenant;
let agentId: string;
beforeAll(async () => {
  await seedRunPrices();
  await addSmallModel({ input: "0.200000", output: "0.800000" });
});
beforeEach(async () => {
  tenant = await prepaidTenant();
  await give(tenant, { kind: "topup", source: "paid", amount: 1000n * DOLLAR, key: "enough" });
  agentId = await makeAgent(tenant.admin, "Ada");
});
afterEach(async () => {
  shiftClock(0);
  expect(await brokenMoney()).toEqual([]);
});

const cap = (over: Record<string, unknown>) =>
  setCap(tenant.admin, setCapInput.parse({ scope: "agent", agentId, period: "day", ...over }));

async function run(): Promise<string> {
  const ask = testNode("ask", "agent", { agentId, prompt: "{{ input.text }}" });
  const executionId = await begin(tenant, await publishChain(tenant, [ask]), "hello");
  await driveOn(executionId);
  return executionId;
}

async function driveOn(executionId: string): Promise<void> {
  const drive = async () =>
    (await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS })).againMs === null;
  await until("the run to need no more", drive);
}

/** Wakes what waits, and says how the run stands then. */
async function wake(executionId: string) {
  const woken = await wakePaid(tenant.job);
  await driveOn(executionId);
  return { woken, ...(await standing(executionId)) };
}

async function standing(executionId: string) {
  const { run: row, steps, calls } = await readRun(tenant.admin, executionId);
  const step = steps.find(({ nodeId }) => nodeId === "ask");
  return {
    status: row.status,
    waitReason: step?.waitReason ?? null,
    needed: step?.needed ?? null,
    models: calls.map((call) => call.modelKey),
    detail: step?.detail,
  };
}

const questions = () =>
  asWorker(tenant.job, (tx) =>
    tx
      .select({
        id: approvals.id,
        status: approvals.status,
        title: approvals.title,
        stepId: approvals.stepId,
      })
      .from(approvals)
      .orderBy(approvals.createdAt),
  );

const answer = (approvalId: string, over: Record<string, unknown>) =>
  answerApproval(tenant.admin, answerApprovalInput.parse({ approvalId, ...over }));

/** What a first step of the agent may cost at most, in dollars, found by a cap that it cannot fit under. */
async function worstCase(): Promise<number> {
  await cap({ amount: "0.000001" });
  const executionId = await run();
  const { needed } = await standing(executionId);
  await cancelRun(tenant.admin, { executionId });
  return Number(needed);
}

describe("an agent under a cap that switches", () => {
  it("goes on with the cheaper model when its own no longer fits, and waits when that does not either", async () => {
    const worst = await worstCase();
    const fits = (worst * 1.5).toFixed(6);
    await cap({ amount: fits, onReach: "switch", fallbackModelKey: SMALL_MODEL, switchAtPercent: 100 });
    expect(await standing(await run())).toMatchObject({ status: "completed", models: [TEST_MODEL] });
    await cap({ amount: (worst / 2).toFixed(6), onReach: "switch", fallbackModelKey: SMALL_MODEL });
    const executionId = await run();
    const switched = await standing(executionId);
    expect(switched).toMatchObject({
      status: "completed",
      models: [SMALL_MODEL],
      detail: { cheaperModel: { used: SMALL_MODEL, insteadOf: TEST_MODEL } },
    });
    expect(await getStep(tenant.admin, { executionId, nodeId: "ask" })).toMatchObject({
      cheaperModel: { used: SMALL_MODEL, insteadOf: TEST_MODEL },
    });
    await cap({ amount: (worst / 1000).toFixed(6), onReach: "switch", fallbackModelKey: SMALL_MODEL });
    expect(await standing(await run())).toMatchObject({ status: "waiting", waitReason: "cap", models: [] });
  });

  it("goes on with one that costs nothing", async () => {
    await addSmallModel({ input: "0", output: "0" }, "free");
    await cap({ amount: "0.000001", onReach: "switch", fallbackModelKey: "free" });
    const { executionId } = await startRun(tenant.admin, { agentId, input: { prompt: "hello" } });
    await driveOn(executionId);
    const { run: ended, calls, ledger } = await readRun(tenant.admin, executionId);
    expect(ended.status).toBe("completed");
    expect(calls.map((call) => call.modelKey)).toEqual(["free"]);
    expect(ledger.filter(({ tenantCost }) => Number(tenantCost) > 0)).toEqual([]);
  });

  it("refuses the agent's own model as the cheaper one, which would be no switch", async () => {
    await expect(cap({ amount: "1", onReach: "switch", fallbackModelKey: TEST_MODEL })).rejects.toMatchObject(
      { code: "invalid", fields: { fallbackModelKey: [expect.stringContaining("cheaper one")] } },
    );
  });

  it("refuses a model that is not there, and a cap of everything that switches", async () => {
    await expect(cap({ amount: "1", onReach: "switch", fallbackModelKey: "nothing" })).rejects.toMatchObject({
      fields: { fallbackModelKey: [expect.any(String)] },
    });
    for (const wrong of [
      { scope: "tenant", period: "day", amount: "1", onReach: "ask" },
      { scope: "agent", agentId, period: "day", amount: "1", onReach: "switch" },
    ])
      expect(setCapInput.safeParse(wrong).success).toBe(false);
  });
});

it("waits for the next day when this one's cap is used up, and goes on by itself then", async () => {
  await cap({ amount: "10" });
  await use(tenant.job, [{ cost: 10n * DOLLAR, agentId }]);
  const first = await run();
  expect(await standing(first)).toMatchObject({ status: "waiting", waitReason: "cap" });
  expect(await wakePaid(tenant.job)).toBe(0);
  shiftClock(86_400_000);
  expect(await wake(first)).toMatchObject({ woken: 1, status: "completed" });
});

describe("an agent under a cap that asks", () => {
  it("asks the admins once for all runs, and goes on with a yes", async () => {
    await cap({ amount: "0.000001", onReach: "ask" });
    const [first, second] = [await run(), await run()];
    for (const id of [first, second])
      expect(await standing(id)).toMatchObject({ status: "waiting", waitReason: "ask" });
    const [question, ...others] = await questions();
    expect(others).toEqual([]);
    expect(question?.title).toMatch(/^Allow “.*” \$\d+\.00 more\?$/);
    expect(await wakePaid(tenant.job)).toBe(0);
    const approvalId = question?.id ?? "";
    await expect(
      answer(approvalId, { decision: "approved", answer: { amount: "much" } }),
    ).rejects.toMatchObject({ fields: { "answer.amount": [expect.any(String)] } });
    await expect(
      answerApproval(tenant.member, answerApprovalInput.parse({ approvalId, decision: "approved" })),
    ).rejects.toMatchObject({ code: "forbidden" });
    await answer(approvalId, { decision: "approved", answer: { amount: "100" } });
    expect(await wake(first)).toMatchObject({ woken: 2, status: "completed" });
    await driveOn(second);
    expect(await standing(second)).toMatchObject({ status: "completed" });
  });

  it("takes no yes to less than it needs, which would be asked for again at once", async () => {
    await cap({ amount: "0.000001", onReach: "ask" });
    const executionId = await run();
    const [question] = await questions();
    const little = { decision: "approved", answer: { amount: "0.000001" } };
    await expect(answer(question?.id ?? "", little)).rejects.toMatchObject({
      fields: { "answer.amount": [expect.stringMatching(/^Allow at least \$0\.\d+: /)] },
    });
    expect(await questions()).toEqual([question]);
    expect(await standing(executionId)).toMatchObject({ waitReason: "ask" });
  });

  it("waits for the next day after a no, and asks then again", async () => {
    await cap({ amount: "0.000001", onReach: "ask" });
    const first = await run();
    const [question] = await questions();
    await answer(question?.id ?? "", { decision: "rejected", comment: "Too dear." });
    expect(await wake(first)).toMatchObject({ woken: 0, status: "waiting", waitReason: "cap" });
    expect(await standing(await run())).toMatchObject({ waitReason: "cap" });
    expect((await questions()).map(({ status }) => status)).toEqual(["rejected"]);
    shiftClock(86_400_000);
    expect(await standing(await run())).toMatchObject({ waitReason: "ask" });
    expect((await questions()).map(({ status }) => status)).toEqual(["rejected", "pending"]);
  });

  it("leaves the question to another run when the one that asked is ended", async () => {
    await cap({ amount: "0.000001", onReach: "ask" });
    const [first, second] = [await run(), await run()];
    await cancelRun(tenant.admin, { executionId: first });
    expect(await wake(second)).toMatchObject({ woken: 1, status: "waiting", waitReason: "ask" });
    const open = (await questions()).filter(({ status }) => status === "pending");
    const [step] = await asWorker(tenant.job, (tx) =>
      tx
        .select({ executionId: executionSteps.executionId })
        .from(executionSteps)
        .where(eq(executionSteps.id, open[0]?.stepId ?? "")),
    );
    expect(open).toHaveLength(1);
    expect(step).toEqual({ executionId: second });
  });

  it("goes on when the cap is raised for its day, and the question is over", async () => {
    const { capId } = await cap({ amount: "0.000001", onReach: "ask" });
    const first = await run();
    const extend = (extra: string) => extendCap(tenant.admin, extendCapInput.parse({ capId, extra }));
    await extend("100");
    await extend("50");
    expect(await wake(first)).toMatchObject({ woken: 1, status: "completed" });
    const [question] = await questions();
    expect(question?.status).toBe("expired");
    await expect(answer(question?.id ?? "", { decision: "approved" })).rejects.toMatchObject({
      reason: "approval_over",
    });
  });
});

/** What the sweep does; gives what the admin has been told by now, and to which run each leads. */
async function told() {
  if ((await findUntold()).includes(tenant.tenantId)) await tellSpending(tenant.job);
  return asTenant(tenant.admin, (tx) =>
    tx
      .select({ title: notifications.title, body: notifications.body, href: notifications.href })
      .from(notifications)
      .where(eq(notifications.kind, "spend_alert"))
      .orderBy(notifications.createdAt),
  );
}

describe("a run that waits for a cap", () => {
  it("is told of once, though nothing of the cap is used, and again where more was allowed that is not enough", async () => {
    const { capId } = await cap({ amount: "0.000001" });
    const executionId = await run();
    const { needed } = await standing(executionId);
    const first = {
      title: "Runs wait for the spending cap of “Ada”",
      body: expect.stringContaining("only $0.000001 of $0.000001 is left today"),
      href: `/app/runs/${executionId}`,
    };
    expect(await told()).toEqual([first]);
    await run();
    expect(await told()).toEqual([first]);
    await extendCap(tenant.admin, extendCapInput.parse({ capId, extra: "0.000001" }));
    expect(await told()).toMatchObject([first, { title: first.title }]);
    await extendCap(tenant.admin, extendCapInput.parse({ capId, extra: needed }));
    expect(await wake(executionId)).toMatchObject({ status: "completed" });
  });

  it("is not told of while it waits for what others have set aside and may give back", async () => {
    const worst = await worstCase();
    await cap({ amount: worst.toFixed(6) });
    await asWorker(tenant.job, async (tx) => hold(tx, tenant.job, { key: "others", agentId }, 1n));
    const executionId = await run();
    expect(await standing(executionId)).toMatchObject({ status: "waiting", waitReason: "cap" });
    expect(await told()).toEqual([]);
    await asWorker(tenant.job, async (tx) => release(tx, tenant.job, "others"));
    expect(await wake(executionId)).toMatchObject({ status: "completed" });
  });

  it("is told of by name of what bounds each run", async () => {
    await setCap(tenant.admin, setCapInput.parse({ scope: "run", period: "run", amount: "0.000001" }));
    const executionId = await run();
    expect(await told()).toMatchObject([
      { title: "Runs wait for the spending cap of each run", href: `/app/runs/${executionId}` },
    ]);
  });
});
