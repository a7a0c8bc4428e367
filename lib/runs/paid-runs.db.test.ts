import { and, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { creditHolds } from "@/db/schema/wallets";
import { until } from "@/inngest/engine/testing";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { shiftClock } from "@/lib/clock";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { getWallet } from "@/lib/wallet/queries";
import { brokenMoney, give, prepaidTenant, use } from "@/lib/wallet/testing";
import { findPayable } from "@/lib/wallet/unpaid";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { DRIVE_MS, driveRun } from "./drive";
import { markedPrompt } from "./faults/testing/prompts";
import { askNode, begin, publishChain, seedFaultModel } from "./faults/testing/scene";
import { runPlayground } from "./playground";
import { getStep } from "./step-queries";
import {
  addSmallModel,
  chain,
  makeAgent,
  publishGraph,
  readRun,
  SMALL_MODEL,
  transformNode,
} from "./testing";
import { wakePaid } from "./wake-paid";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  const started = await startProvider();
  process.env.OUTBOUND_ALLOW = started.host;
  return started;
});

withTestDatabase();

const DOLLAR = 1_000_000n;
let model: string;
let tenant: TestTenant;
beforeAll(async () => {
  model = await seedFaultModel(provider);
  await addSmallModel({ input: "0.200000", output: "0.800000" });
});
afterAll(() => provider.close());
beforeEach(async () => {
  tenant = await prepaidTenant();
  provider.reset();
});
afterEach(async () => {
  shiftClock(0);
  expect(await brokenMoney()).toEqual([]);
});

let gifts = 0;
const giveMoney = (amount: bigint) => {
  gifts += 1;
  return give(tenant, { kind: "topup", source: "paid", amount, key: `gift ${gifts}` });
};

async function driveOn(executionId: string): Promise<void> {
  const drive = async () =>
    (await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS })).againMs === null;
  await until("the run to need no more", drive);
}

const standing = async (executionId: string) => {
  const [run] = await asWorker(tenant.job, (tx) =>
    tx
      .select({ status: executions.status, waitReason: executions.waitReason })
      .from(executions)
      .where(eq(executions.id, executionId)),
  );
  const steps = await asWorker(tenant.job, (tx) =>
    tx
      .select({
        nodeId: executionSteps.nodeId,
        status: executionSteps.status,
        attempt: executionSteps.attempt,
        waitReason: executionSteps.waitReason,
      })
      .from(executionSteps)
      .where(eq(executionSteps.executionId, executionId)),
  );
  return { ...run, waiting: steps.filter((step) => step.status === "waiting"), steps };
};

const holdsOf = () =>
  asWorker(tenant.job, (tx) => tx.select({ status: creditHolds.status }).from(creditHolds));

describe("a run without money", () => {
  it("waits before its first node, though it only computes, and goes on when money comes", async () => {
    const workflowId = await publishGraph(
      tenant.admin,
      "Computes",
      chain([transformNode("upper", { text: "{{ input.text }}" })], "{{ upper.text }}"),
    );
    const input = { text: "hello" };
    const { executionId, status } = await startRun(tenant.admin, { workflowId, useDraft: false, input });
    expect(status).toBe("pending");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({
      status: "waiting",
      waitReason: "credit",
      waiting: [{ nodeId: "input", attempt: 0, waitReason: "credit" }],
    });
    expect(await findPayable()).not.toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(0);

    await giveMoney(DOLLAR);
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(1);
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "completed", waitReason: null, waiting: [] });
    const { ledger, steps } = await readRun(tenant.job, executionId);
    expect(ledger).toHaveLength(steps.length);
    expect(steps.map((step) => step.attempt)).toEqual(steps.map(() => 1));
  });

  it("calls no model, and the call is made once when there is enough for the longest answer", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    await giveMoney(1_000n);
    const executionId = await begin(tenant, workflowId, "poor");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "waiting", waiting: [{ nodeId: "ask" }] });
    expect(provider.requests).toHaveLength(0);

    await giveMoney(100n * DOLLAR);
    await wakePaid(tenant.job);
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "completed" });
    expect(provider.requests).toHaveLength(1);
    expect(await holdsOf()).toEqual([{ status: "settled" }]);
    expect(await getWallet(tenant.admin)).toMatchObject({ held: 0n });
  });

  it("waits also when the credit that seems to be there has expired", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    await giveMoney(1_000n);
    const facts = { expiresAt: new Date(Date.now() + 3_600_000) };
    await give(tenant, { kind: "grant", source: "promo", amount: 100n * DOLLAR, key: "promotion", facts });
    shiftClock(7_200_000);
    const executionId = await begin(tenant, workflowId, "late");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "waiting", waiting: [{ nodeId: "ask" }] });
  });

  it("can be cancelled while it waits", async () => {
    const executionId = await begin(tenant, await publishChain(tenant, [askNode("ask", model)]), "cancelled");
    await driveOn(executionId);
    await cancelRun(tenant.admin, { executionId });
    expect(await standing(executionId)).toMatchObject({ status: "cancelled", waiting: [] });
    await giveMoney(100n * DOLLAR);
    expect(await wakePaid(tenant.job)).toBe(0);
  });

  it("is billed what an attempt used when the next one waits for money, and it is cancelled then", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model, "[[cut 1]]")]);
    await giveMoney(1_000n);
    const poor = await begin(tenant, workflowId, "poor");
    await driveOn(poor);
    const { steps } = await readRun(tenant.job, poor);
    const worst = microsFromNumeric(steps.find(({ nodeId }) => nodeId === "ask")?.needed ?? "0");
    await cancelRun(tenant.admin, { executionId: poor });

    // Enough for one attempt and no second one.
    await giveMoney((worst * 3n) / 2n);
    const executionId = await begin(tenant, workflowId, "cut off");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "waiting", waiting: [{ nodeId: "ask" }] });
    const shown = async () => (await getStep(tenant.admin, { executionId, nodeId: "ask" })).attempts;
    expect(await shown()).toMatchObject([{ attempt: 1, outcome: "failed" }]);
    await cancelRun(tenant.admin, { executionId });
    expect(await shown()).toHaveLength(1);
    const { calls, ledger } = await readRun(tenant.job, executionId);
    expect(calls).toMatchObject([{ status: "failed", outputTokens: expect.any(Number) }]);
    const output = ledger.find((row) => row.resourceType === "text_tokens_output");
    expect(Number(output?.quantity) * 1_000_000).toBe(calls[0]?.outputTokens);
    expect((await holdsOf()).map((hold) => hold.status)).not.toContain("open");
  });

  it("is settled at once when it is cancelled between two attempts: what the first used is billed, and its hold is free", async () => {
    await giveMoney(100n * DOLLAR);
    const slow = { retry: { attempts: 2, backoff: "fixed" as const, firstWaitMs: 60_000 } };
    const node = { ...askNode("ask", model, "[[cut 1]]"), policy: slow };
    const executionId = await begin(tenant, await publishChain(tenant, [node]), "cut off");
    const { againMs } = await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS });
    expect(againMs).toBeGreaterThan(50_000);
    expect(await holdsOf()).toEqual([{ status: "open" }]);

    await cancelRun(tenant.admin, { executionId });
    const { calls, ledger, steps } = await readRun(tenant.job, executionId);
    expect(steps.find(({ nodeId }) => nodeId === "ask")).toMatchObject({ status: "cancelled", attempt: 1 });
    expect(calls).toMatchObject([{ status: "failed", outputTokens: expect.any(Number) }]);
    const output = ledger.find((row) => row.resourceType === "text_tokens_output");
    expect(Number(output?.quantity) * 1_000_000).toBe(calls[0]?.outputTokens);
    expect(await getWallet(tenant.admin)).toMatchObject({ held: 0n });
    expect(await driveRun(tenant.job, executionId, { budgetMs: DRIVE_MS })).toEqual({ againMs: null });
    expect(provider.requests).toHaveLength(1);
  });

  it("is not begun in the playground, which says what is missing", async () => {
    const agentId = await makeAgent(tenant.admin, "Ada");
    const messages = [{ role: "user" as const, content: "Hello" }];
    await expect(runPlayground(tenant.admin, { agentId, messages })).rejects.toMatchObject({
      code: "precondition",
      reason: "needs_credit",
      message: expect.stringMatching(/needs \$.* of credit, and \$0\.00 is there/),
    });
  });
});

describe("a run under a cap", () => {
  it("waits for the cap, not for credit, until that has room", async () => {
    await giveMoney(100n * DOLLAR);
    const cap = (amount: string) =>
      setCap(tenant.admin, setCapInput.parse({ scope: "run", period: "run", amount }));
    await cap("0.001");
    const executionId = await begin(tenant, await publishChain(tenant, [askNode("ask", model)]), "capped");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "waiting", waitReason: "cap" });
    expect(await wakePaid(tenant.job)).toBe(0);
    await cap("50");
    expect(await wakePaid(tenant.job)).toBe(1);
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "completed" });
  });
});

describe("a second attempt that a day's cap leaves no room for", () => {
  it("waits for the next day, and goes on then", async () => {
    await giveMoney(100n * DOLLAR);
    const cap = (amount: Micros) =>
      setCap(
        tenant.admin,
        setCapInput.parse({ scope: "tenant", period: "day", amount: microsToNumeric(amount) }),
      );
    const workflowId = await publishChain(tenant, [askNode("ask", model, "[[cut 1]]")]);
    await cap(1_000n);
    const capped = await begin(tenant, workflowId, "capped");
    await driveOn(capped);
    const { steps } = await readRun(tenant.job, capped);
    const worst = microsFromNumeric(steps.find(({ nodeId }) => nodeId === "ask")?.needed ?? "0");
    await cancelRun(tenant.admin, { executionId: capped });

    // Enough for both attempts of one day, and not for what another day's run has left of it.
    await cap(worst * 2n + 1_000n);
    await use(tenant.job, [{ cost: worst / 2n }]);
    const executionId = await begin(tenant, workflowId, "again");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "waiting", waitReason: "cap" });
    expect(await wakePaid(tenant.job)).toBe(0);
    shiftClock(86_400_000);
    expect(await wakePaid(tenant.job)).toBe(1);
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "completed", waiting: [] });
  });
});

describe("an agent's second attempt under a cap that switches", () => {
  /** A cap of so many times what an attempt may cost; gives that, what was held in the end, and the models that were asked. */
  async function secondAttempt(percent: bigint) {
    await giveMoney(100n * DOLLAR);
    const input = createAgentInput.parse({ name: "Ada", role: "Brief.", llmConfig: { modelKey: model } });
    const { id: agentId } = await createAgent(tenant.admin, input);
    const cap = (amount: Micros, over = {}) =>
      setCap(
        tenant.admin,
        setCapInput.parse({
          scope: "agent",
          agentId,
          period: "day",
          amount: microsToNumeric(amount),
          ...over,
        }),
      );
    const ask = testNode("ask", "agent", { agentId, prompt: markedPrompt("ask", "[[cut 1]]") });
    const workflowId = await publishChain(tenant, [ask]);
    await cap(1n);
    const capped = await begin(tenant, workflowId, "capped");
    await driveOn(capped);
    const { steps } = await readRun(tenant.job, capped);
    const worst = microsFromNumeric(steps.find(({ nodeId }) => nodeId === "ask")?.needed ?? "0");
    await cancelRun(tenant.admin, { executionId: capped });

    const cheaper = { onReach: "switch", fallbackModelKey: SMALL_MODEL, switchAtPercent: 100 };
    await cap((worst * percent) / 100n, cheaper);
    const executionId = await begin(tenant, workflowId, "again");
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "completed" });
    const { calls } = await readRun(tenant.job, executionId);
    const [hold] = await asWorker(tenant.job, (tx) =>
      tx
        .select({ amount: creditHolds.amount })
        .from(creditHolds)
        .where(and(eq(creditHolds.executionId, executionId), eq(creditHolds.agentId, agentId))),
    );
    return {
      worst,
      held: microsFromNumeric(hold?.amount ?? "0"),
      models: calls.map(({ modelKey }) => modelKey),
    };
  }

  it("keeps what the first one may have used set aside, when it goes on with the cheaper model", async () => {
    const { worst, held, models } = await secondAttempt(150n);
    expect(models).toEqual([model, SMALL_MODEL]);
    expect(held).toBeGreaterThan(worst);
  });

  it("goes on with its own model where there is room for it", async () => {
    const { worst, held, models } = await secondAttempt(250n);
    expect(models).toEqual([model, model]);
    expect(held).toBeGreaterThan((worst * 19n) / 10n);
  });
});

describe("a step that fails", () => {
  it("gives back what was set aside for it", async () => {
    await giveMoney(100n * DOLLAR);
    const executionId = await begin(
      tenant,
      await publishChain(tenant, [askNode("ask", model, "[[refused]]")]),
      "failing",
    );
    await driveOn(executionId);
    expect(await standing(executionId)).toMatchObject({ status: "failed" });
    expect((await holdsOf()).map((hold) => hold.status)).not.toContain("open");
    expect(await getWallet(tenant.admin)).toMatchObject({ held: 0n });
  });
});
