import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { asPlatform, asWorker } from "@/db/access";
import { executionSteps, executions } from "@/db/schema/ai";
import { subscriptions } from "@/db/schema/plans";
import { chat, type Reply } from "@/e2e/provider/replies";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { newId } from "@/lib/ids";
import { testServerUrl, withTestDatabase } from "@/lib/testing/database";
import { walletOf, whileHeld } from "@/lib/testing/held";
import { makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { give, prepaidTenant } from "@/lib/wallet/testing";
import { brokenInvariants } from "./faults/testing/invariants";
import { askNode, begin, publishChain, seedFaultModel, statusOf, untilEnded } from "./faults/testing/scene";
import { firstDriveOf } from "./first-drive";
import { lookAfterCalls } from "./live";
import { STEPS_AT_ONCE_PER_TENANT } from "./slots";
import { wakePaid } from "./wake-paid";

const provider = await vi.hoisted(async () => {
  const { startProvider } = await import("@/e2e/provider/server");
  return startProvider();
});

withTestDatabase();

let model: string;
let tenant: TestTenant;
let workflowId: string;
beforeAll(async () => {
  model = await seedFaultModel(provider);
  tenant = await makeTenant();
  workflowId = await publishChain(tenant, [askNode("ask", model)]);
  await startEmbedded(handler);
});
beforeEach(() => provider.reset());
afterAll(async () => {
  await embedded().engine.stop(2_000);
  await provider.close();
});

it("is the tenant's own, goes on while the run does, and is taken for no more runs than may ask at once", async () => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const count = STEPS_AT_ONCE_PER_TENANT + 3;
  const hello = chat({ content: "Hello" });
  const late: Reply = (response, request) => mayAnswer.then(() => hello(response, request));
  provider.play(...Array.from({ length: count }, () => late));
  const runs: string[] = [];
  for (let at = 0; at < count; at += 1) runs.push(await begin(tenant, workflowId, `run-${at}`));
  const driven = runs.filter((id) => firstDriveOf(tenant.tenantId, id) !== undefined);
  expect(driven).toEqual(runs.slice(0, STEPS_AT_ONCE_PER_TENANT));
  const other = await makeTenant();
  expect(driven.filter((id) => firstDriveOf(other.tenantId, id) !== undefined)).toEqual([]);

  answer();
  for (const id of runs) expect(await untilEnded(id)).toBe("completed");
  await until("the drives to have ended", async () =>
    runs.every((id) => firstDriveOf(tenant.tenantId, id) === undefined),
  );
  expect(provider.requests).toHaveLength(count);
  expect(await brokenInvariants({ acknowledged: runs, requests: provider.requests })).toEqual([]);
});

/** When a run was written, and each of its steps begun: the same within one transaction. */
async function times(scope: TestTenant, executionId: string) {
  return asWorker(scope.job, async (tx) => {
    const [run] = await tx
      .select({ createdAt: executions.createdAt, status: executions.status })
      .from(executions)
      .where(eq(executions.id, executionId));
    const steps = await tx
      .select({
        nodeId: executionSteps.nodeId,
        startedAt: executionSteps.startedAt,
        input: executionSteps.input,
      })
      .from(executionSteps)
      .where(eq(executionSteps.executionId, executionId))
      .orderBy(executionSteps.nodeId);
    return { ...run, steps };
  });
}

it("has its first turn in the transaction that writes the run: what it asks for is claimed then, with what it is asked", async () => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const hello = chat({ content: "Hello" });
  provider.play((response, request) => mayAnswer.then(() => hello(response, request)));
  const executionId = await begin(tenant, workflowId, "lone");
  const { createdAt, status, steps } = await times(tenant, executionId);
  expect(status).toBe("running");
  expect(steps).toEqual([
    { nodeId: "ask", startedAt: createdAt, input: expect.objectContaining({ prompt: expect.any(String) }) },
    { nodeId: "input", startedAt: createdAt, input: null },
  ]);
  answer();
  expect(await untilEnded(executionId)).toBe("completed");
  expect(provider.requests).toHaveLength(1);
});

it.runIf(testServerUrl())("goes on when it is looked after before its run is committed", async () => {
  provider.play(chat({ content: "Hello" }));
  const look = async () => {
    lookAfterCalls();
    // What the look asks is answered before these are.
    for (let turn = 0; turn < 10; turn += 1) await statusOf(newId());
  };
  const [executionId] = await whileHeld(walletOf(tenant), [() => begin(tenant, workflowId, "young")], look);
  expect(await untilEnded(String(executionId))).toBe("completed");
  expect(provider.requests).toHaveLength(1);
});

it("leaves a run without money for its first step written, and waiting for that money", async () => {
  const poor = await prepaidTenant();
  const executionId = await begin(poor, await publishChain(poor, [askNode("ask", model)]), "poor");
  await until("the run to wait", async () => (await statusOf(executionId)) === "waiting");
  expect(provider.requests).toEqual([]);
  await give(poor, { kind: "topup", source: "paid", amount: 5_000_000n, key: "late" });
  await wakePaid(poor.job);
  expect(await untilEnded(executionId)).toBe("completed");
  expect(provider.requests).toHaveLength(1);
});

it("begins nothing of a run that has to wait for room", async () => {
  const { promise: mayAnswer, resolve: answer } = Promise.withResolvers<void>();
  const hello = chat({ content: "Hello" });
  provider.play(
    ...[1, 2].map((): Reply => (response, request) => mayAnswer.then(() => hello(response, request))),
  );
  const small = await makeTenant();
  const one = { tenantId: small.tenantId, planName: "small", maxRunning: 1 };
  await asPlatform(await makePlatform(), (tx) => tx.insert(subscriptions).values(one));
  const own = await publishChain(small, [askNode("ask", model)]);
  const runs = [await begin(small, own, "first"), await begin(small, own, "second")];
  expect(await times(small, runs[1] ?? "")).toMatchObject({ status: "pending", steps: [] });
  answer();
  for (const id of runs) expect(await untilEnded(id)).toBe("completed");
  expect(provider.requests).toHaveLength(2);
});
