import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { executionSteps } from "@/db/schema/ai";
import { tenants } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import { mintScope, type TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { jobScope } from "@/lib/auth/scope";
import { resumeRun } from "@/lib/runs/commands/resume";
import { wakeStep } from "@/lib/runs/suspended";
import { seedRunPrices } from "@/lib/runs/testing";
import { getHome } from "@/lib/tenants/home-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { answerApproval } from "./commands";
import { countApprovals, getApproval } from "./queries";
import { remindApprovers, tenantsToRemind } from "./sweep";
import { answerOf, ask, ended, list, PATIENCE_MS } from "./testing";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
});
afterAll(() => embedded().engine.stop(2_000));

vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

function become(status: "suspended" | "active") {
  return asSystem("test", (tx) => tx.update(tenants).set({ status }).where(eq(tenants.id, tenant.tenantId)));
}

function change(approvalId: string, values: Record<string, unknown>) {
  return asWorker(tenant.job, (tx) => tx.update(approvals).set(values).where(eq(approvals.id, approvalId)));
}

it("a question whose time ends in a suspended workspace is no answer: its run stops, and asks anew once it is resumed", async () => {
  const { approvalId, executionId } = await ask(tenant, { timeoutHours: 1 });
  const { stepId } = await getApproval(tenant.admin, approvalId);
  await become("suspended");
  const over = sql`now() - interval '1 second'`;
  await change(approvalId, { expiresAt: over });
  await asWorker(tenant.job, (tx) =>
    tx.update(executionSteps).set({ wakeAt: over }).where(eq(executionSteps.id, stepId)),
  );
  await wakeStep(await jobScope(tenant.tenantId, "wake-step"), stepId);
  expect(await ended(tenant, executionId)).toMatchObject({
    status: "failed",
    errorCode: "tenant_suspended",
    errorNodeId: "approval",
  });
  expect((await getApproval(tenant.admin, approvalId)).status).toBe("cancelled");

  await become("active");
  const resumed = await resumeRun(tenant.admin, { executionId, on: "same" });
  const anew = async () => (await list(tenant.admin, "mine"))[0]?.id;
  await until("the question", async () => (await anew()) !== undefined, PATIENCE_MS);
  await answerApproval(tenant.admin, answerOf((await anew()) ?? ""));
  expect(await ended(tenant, resumed.executionId)).toMatchObject({
    resultData: { result: "paid up to 400 by Test tenant_admin" },
  });
});

it("nobody is reminded in a suspended workspace, where they could not answer, but once it is active", async () => {
  const { approvalId } = await ask(tenant, { remindHours: 1 });
  await change(approvalId, { remindAt: sql`now()` });
  await become("suspended");
  expect(await tenantsToRemind()).not.toContain(tenant.tenantId);
  expect(await remindApprovers(tenant.job)).toBe(0);
  await become("active");
  expect(await tenantsToRemind()).toContain(tenant.tenantId);
  expect(await remindApprovers(tenant.job)).toBe(1);
});

it("no question is counted as waiting for a person who cannot answer it, and it stays among those they were asked", async () => {
  const { approvalId } = await ask(tenant);
  const counted = async () => {
    const { tenantStatus } = await jobScope(tenant.tenantId, "test");
    const scope = mintScope<TenantScope>({ ...tenant.member, tenantStatus });
    const asked = (await list(scope, "mine")).map(({ id }) => id);
    return [await countApprovals(scope), (await getHome(scope)).attention.approvals, asked];
  };
  expect(await counted()).toEqual([1, 1, [approvalId]]);
  await become("suspended");
  expect(await counted()).toEqual([0, 0, [approvalId]]);
});

it("who was asked is told that the workspace is suspended, and nobody that somebody else was asked", async () => {
  const { approvalId } = await ask(tenant, { who: "people", userIds: [tenant.memberId] });
  const refusals = async () => {
    const tenantStatus = (await jobScope(tenant.tenantId, "test")).tenantStatus;
    const asked = [tenant.member, tenant.admin].map((scope) =>
      getApproval(mintScope<TenantScope>({ ...scope, tenantStatus }), approvalId),
    );
    return (await Promise.all(asked)).map(({ isMine, refusal }) => [isMine, refusal]);
  };
  expect(await refusals()).toEqual([
    [true, null],
    [false, null],
  ]);
  await become("suspended");
  expect(await refusals()).toEqual([
    [true, expect.stringContaining("This workspace is suspended")],
    [false, null],
  ]);
});
