import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asWorker } from "@/db/access";
import { creditHolds } from "@/db/schema/wallets";
import { shiftClock } from "@/lib/clock";
import { withTestDatabase } from "@/lib/testing/database";
import type { TestTenant } from "@/lib/testing/scopes";
import { getWallet } from "@/lib/wallet/queries";
import { brokenMoney, give, prepaidTenant } from "@/lib/wallet/testing";
import { findPayable } from "@/lib/wallet/unpaid";
import { cancelRun } from "./commands/cancel";
import { startRun } from "./commands/start";
import { DRIVE_MS, driveRun } from "./drive";
import { askNode, begin, publishChain, seedFaultModel } from "./faults/testing/scene";
import { DOLLAR, driveOn, giveMoney, mostOf, standing } from "./paid-testing";
import { runPlayground } from "./playground";
import { getStep } from "./step-queries";
import { addSmallModel, chain, makeAgent, publishGraph, readRun, transformNode } from "./testing";
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
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({
      status: "waiting",
      waitReason: "credit",
      waiting: [{ nodeId: "input", attempt: 0, waitReason: "credit" }],
    });
    expect(await findPayable()).not.toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(0);

    await giveMoney(tenant, DOLLAR);
    expect(await findPayable()).toContain(tenant.tenantId);
    expect(await wakePaid(tenant.job)).toBe(1);
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({
      status: "completed",
      waitReason: null,
      waiting: [],
    });
    const { ledger, steps } = await readRun(tenant.job, executionId);
    expect(ledger).toHaveLength(steps.length);
    expect(steps.map((step) => step.attempt)).toEqual(steps.map(() => 1));
  });

  it("calls no model, and the call is made once when there is enough for the longest answer", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    await giveMoney(tenant, 1_000n);
    const executionId = await begin(tenant, workflowId, "poor");
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({
      status: "waiting",
      waiting: [{ nodeId: "ask" }],
    });
    expect(provider.requests).toHaveLength(0);

    await giveMoney(tenant, 100n * DOLLAR);
    await wakePaid(tenant.job);
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "completed" });
    expect(provider.requests).toHaveLength(1);
    expect(await holdsOf()).toEqual([{ status: "settled" }]);
    expect(await getWallet(tenant.admin)).toMatchObject({ held: 0n });
  });

  it("waits also when the credit that seems to be there has expired", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model)]);
    await giveMoney(tenant, 1_000n);
    const facts = { expiresAt: new Date(Date.now() + 3_600_000) };
    await give(tenant, { kind: "grant", source: "promo", amount: 100n * DOLLAR, key: "promotion", facts });
    shiftClock(7_200_000);
    const executionId = await begin(tenant, workflowId, "late");
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({
      status: "waiting",
      waiting: [{ nodeId: "ask" }],
    });
  });

  it("can be cancelled while it waits", async () => {
    const executionId = await begin(tenant, await publishChain(tenant, [askNode("ask", model)]), "cancelled");
    await driveOn(tenant, executionId);
    await cancelRun(tenant.admin, { executionId });
    expect(await standing(tenant, executionId)).toMatchObject({ status: "cancelled", waiting: [] });
    await giveMoney(tenant, 100n * DOLLAR);
    expect(await wakePaid(tenant.job)).toBe(0);
  });

  it("is billed what an attempt used when the next one waits for money, and it is cancelled then", async () => {
    const workflowId = await publishChain(tenant, [askNode("ask", model, "[[cut 1]]")]);
    await giveMoney(tenant, 1_000n);
    const poor = await begin(tenant, workflowId, "poor");
    await driveOn(tenant, poor);
    const worst = await mostOf(tenant, poor);
    await cancelRun(tenant.admin, { executionId: poor });

    // Enough for one attempt and no second one.
    await giveMoney(tenant, (worst * 3n) / 2n);
    const executionId = await begin(tenant, workflowId, "cut off");
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({
      status: "waiting",
      waiting: [{ nodeId: "ask" }],
    });
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
    await giveMoney(tenant, 100n * DOLLAR);
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

describe("a step that fails", () => {
  it("gives back what was set aside for it", async () => {
    await giveMoney(tenant, 100n * DOLLAR);
    const executionId = await begin(
      tenant,
      await publishChain(tenant, [askNode("ask", model, "[[refused]]")]),
      "failing",
    );
    await driveOn(tenant, executionId);
    expect(await standing(tenant, executionId)).toMatchObject({ status: "failed" });
    expect((await holdsOf()).map((hold) => hold.status)).not.toContain("open");
    expect(await getWallet(tenant.admin)).toMatchObject({ held: 0n });
  });
});
