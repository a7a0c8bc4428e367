import { and, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asTenant, asWorker } from "@/db/access";
import { notifications } from "@/db/schema/notifications";
import { approvals } from "@/db/schema/run-control";
import { creditHolds } from "@/db/schema/wallets";
import { createAgent } from "@/lib/agents/commands";
import { createAgentInput } from "@/lib/agents/input";
import { answerApproval } from "@/lib/approvals/commands";
import { answerApprovalInput } from "@/lib/approvals/input";
import { shiftClock } from "@/lib/clock";
import { type Micros, microsFromNumeric, microsToNumeric } from "@/lib/money";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { tellSpending } from "@/lib/wallet/alerts";
import { setCap } from "@/lib/wallet/caps/commands";
import { setCapInput } from "@/lib/wallet/caps/input";
import { brokenMoney, prepaidTenant, use } from "@/lib/wallet/testing";
import { testNode } from "@/lib/workflows/graph-testing";
import { cancelRun } from "./commands/cancel";
import { markedPrompt } from "./faults/testing/prompts";
import { askNode, begin, publishChain, seedFaultModel } from "./faults/testing/scene";
import { DOLLAR, driveOn, giveMoney, mostOf, standing } from "./paid-testing";
import { addSmallModel, readRun, SMALL_MODEL } from "./testing";
import { wakePaid } from "./wake-paid";

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

const titlesTold = async () => {
  const told = await asTenant(tenant.admin, (tx) =>
    tx
      .select({ title: notifications.title })
      .from(notifications)
      .where(eq(notifications.kind, "spend_alert")),
  );
  return told.map(({ title }) => title);
};

describe("a run under a cap", () => {
  it("waits for the cap, not for credit, until that has room", async () => {
    await giveMoney(tenant, 100n * DOLLAR);
    const cap = (amount: string) =>
      setCap(tenant.admin, setCapInput.parse({ scope: "run", period: "run", amount }));
    await cap("0.001");
    const executionId = await begin(tenant, await publishChain(tenant, [askNode("ask", model)]), "capped");
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "waiting", waitReason: "cap" });
    expect(await wakePaid(tenant.job)).toBe(0);
    await cap("50");
    expect(await wakePaid(tenant.job)).toBe(1);
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "completed" });
  });
});

describe("a second attempt that a day's cap leaves no room for", () => {
  it("waits for the next day, and goes on then", async () => {
    await giveMoney(tenant, 100n * DOLLAR);
    const cap = (amount: Micros) =>
      setCap(
        tenant.admin,
        setCapInput.parse({ scope: "tenant", period: "day", amount: microsToNumeric(amount) }),
      );
    const workflowId = await publishChain(tenant, [askNode("ask", model, "[[cut 1]]")]);
    await cap(1_000n);
    const capped = await begin(tenant, workflowId, "capped");
    await driveOn(tenant, capped);
    const worst = await mostOf(tenant, capped);
    await cancelRun(tenant.admin, { executionId: capped });

    // Enough for both attempts of one day, and not for what another day's run has left of it.
    await cap(worst * 2n + 1_000n);
    await use(tenant.job, [{ cost: worst / 2n }]);
    const executionId = await begin(tenant, workflowId, "again");
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "waiting", waitReason: "cap" });
    expect(await wakePaid(tenant.job)).toBe(0);
    // What is set aside for its own first attempt is not given back while it waits: somebody has to know.
    await tellSpending(tenant.job);
    expect(await titlesTold()).toEqual(["Runs wait for the spending cap of the workspace"]);
    shiftClock(86_400_000);
    expect(await wakePaid(tenant.job)).toBe(1);
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "completed", waiting: [] });
  });
});

describe("an agent's second attempt", () => {
  /** Under a cap of so many percent of what an attempt may cost; gives that, and the run. */
  async function secondAttempt(percent: bigint, over: Record<string, unknown>) {
    await giveMoney(tenant, 100n * DOLLAR);
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
    await driveOn(tenant, capped);
    const worst = await mostOf(tenant, capped);
    await cancelRun(tenant.admin, { executionId: capped });

    await cap((worst * percent) / 100n, over);
    const executionId = await begin(tenant, workflowId, "again");
    await driveOn(tenant, executionId);
    return { worst, executionId, agentId };
  }

  /** What was held in the end, and the models that were asked, where the cap switches. */
  async function switched(percent: bigint) {
    const cheaper = { onReach: "switch", fallbackModelKey: SMALL_MODEL, switchAtPercent: 100 };
    const { worst, executionId, agentId } = await secondAttempt(percent, cheaper);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "completed" });
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

  it("under a cap that asks takes no yes to less than it needs beside what its first one holds", async () => {
    await secondAttempt(150n, { onReach: "ask" });
    const [question] = await asTenant(tenant.admin, (tx) => tx.select({ id: approvals.id }).from(approvals));
    const little = { decision: "approved", answer: { amount: "0.000001" } };
    await expect(
      answerApproval(tenant.admin, answerApprovalInput.parse({ approvalId: question?.id, ...little })),
    ).rejects.toMatchObject({ fields: { "answer.amount": [expect.stringMatching(/^Allow at least /)] } });
  });

  it("under a cap that switches keeps what the first one may have used set aside, when it goes on with the cheaper model", async () => {
    const { worst, held, models } = await switched(150n);
    expect(models).toEqual([model, SMALL_MODEL]);
    expect(held).toBeGreaterThan(worst);
  });

  it("under one goes on with its own model where there is room for it", async () => {
    const { worst, held, models } = await switched(250n);
    expect(models).toEqual([model, model]);
    expect(held).toBeGreaterThan((worst * 19n) / 10n);
  });
});
