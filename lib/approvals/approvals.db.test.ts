import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem, asWorker } from "@/db/access";
import { partnerMembers, users } from "@/db/schema/auth";
import { approvals } from "@/db/schema/run-control";
import { mintScope, type TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { until } from "@/inngest/engine/testing";
import { handler } from "@/inngest/serve";
import { setUserActive } from "@/lib/admin/commands/tenants";
import { listAudit } from "@/lib/audit/queries";
import { readBell } from "@/lib/notifications/queries/inbox";
import { removePartnerMember } from "@/lib/partners/commands/team";
import { cancelRun } from "@/lib/runs/commands/cancel";
import { startRun } from "@/lib/runs/commands/start";
import { isFinished } from "@/lib/runs/input";
import { outputNode, publishGraph, readRun, seedRunPrices } from "@/lib/runs/testing";
import { activateMember, deactivateMember } from "@/lib/team/commands";
import { getHome } from "@/lib/tenants/home-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { mailsTo } from "@/lib/testing/mail";
import { apiScope, makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { testEdge, testGraph, testNode } from "@/lib/workflows/graph-testing";
import { answerApproval } from "./commands";
import { type ApprovalList, answerApprovalInput, listApprovalsInput } from "./input";
import { countApprovals, getApproval, listApprovals } from "./queries";
import { remindApprovers, tenantsToRemind } from "./sweep";

withTestDatabase();
beforeAll(async () => {
  await startEmbedded(handler);
  await seedRunPrices();
});
afterAll(() => embedded().engine.stop(2_000));

const PATIENCE_MS = 90_000;
vi.setConfig({ testTimeout: 2 * PATIENCE_MS });

let tenant: TestTenant;
beforeEach(async () => {
  tenant = await makeTenant();
});

let made = 0;
const LIMIT = { key: "limit", label: "Limit", type: "number", required: true } as const;

/** A run that asks, and the question. */
async function ask(config: Record<string, unknown> = {}) {
  const approval = testNode("approval", "approval", {
    title: "Pay {{ input.text }}?",
    message: "It is **due**.",
    fields: [LIMIT],
    who: "anyone",
    userIds: [],
    ...config,
  });
  const graph = testGraph(
    [
      testNode("input", "input"),
      approval,
      outputNode("yes", { result: "paid up to {{ approval.answer.limit }} by {{ approval.answeredBy }}" }),
      outputNode("no", { result: "refused: {{ approval.comment }}" }),
    ],
    [
      testEdge("input", "approval"),
      testEdge("approval", "yes", "approved"),
      testEdge("approval", "no", "rejected"),
    ],
  );
  made += 1;
  const workflowId = await publishGraph(tenant.admin, `Invoices ${made}`, graph);
  const { executionId } = await startRun(tenant.member, {
    workflowId,
    useDraft: false,
    input: { text: "Acme" },
  });
  const question = async () => (await list("waiting")).find((one) => one.executionId === executionId);
  await until("the question", async () => (await question()) !== undefined, PATIENCE_MS);
  return { executionId, approvalId: (await question())?.id ?? "" };
}

async function list(show: ApprovalList, scope: TenantScope = tenant.admin) {
  return (await listApprovals(scope, listApprovalsInput.parse({ show }))).items;
}

const answerOf = (approvalId: string, more: Record<string, unknown> = {}) =>
  answerApprovalInput.parse({ approvalId, decision: "approved", answer: { limit: "400" }, ...more });

async function ended(executionId: string) {
  await until(
    "the run to end",
    async () => isFinished((await readRun(tenant.admin, executionId)).run.status),
    PATIENCE_MS,
  );
  return (await readRun(tenant.admin, executionId)).run;
}

describe("an answer", () => {
  it("lets the run go on with what was filled in, on the branch of the decision", async () => {
    const { executionId, approvalId } = await ask();
    expect(await getApproval(tenant.member, approvalId)).toMatchObject({
      title: "Pay Acme?",
      message: "It is **due**.",
      runName: expect.stringMatching(/^Invoices \d+$/),
      status: "pending",
      fields: [LIMIT],
      isMine: true,
    });
    await answerApproval(tenant.admin, answerOf(approvalId, { comment: " fine " }));
    const run = await ended(executionId);
    expect(run).toMatchObject({
      status: "completed",
      resultData: { result: "paid up to 400 by Test tenant_admin" },
    });
    expect(await getApproval(tenant.member, approvalId)).toMatchObject({
      status: "approved",
      answer: { limit: 400 },
      comment: "fine",
      answeredByName: "Test tenant_admin",
    });
    expect(await list("waiting")).toEqual([]);
    expect((await list("answered")).map(({ id }) => id)).toEqual([approvalId]);
    const record = (await listAudit(tenant.admin, {})).items.filter(
      ({ action }) => action === "approval.answer",
    );
    expect(record).toHaveLength(1);
  });

  it("that says no needs no field, and takes the other branch", async () => {
    const { executionId, approvalId } = await ask();
    const input = { decision: "rejected", answer: {}, comment: "too dear" };
    await answerApproval(tenant.member, answerOf(approvalId, input));
    expect(await ended(executionId)).toMatchObject({
      status: "completed",
      resultData: { result: "refused: too dear" },
    });
  });

  it("counts once: of many at the same time one wins, and the others are told who did", async () => {
    const { executionId, approvalId } = await ask();
    const all = await Promise.allSettled(
      [tenant.admin, tenant.member, tenant.admin, tenant.member].map((scope) =>
        answerApproval(scope, answerOf(approvalId)),
      ),
    );
    expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of all) {
      if (one.status === "fulfilled") continue;
      expect(one.reason).toMatchObject({
        code: "conflict",
        reason: "answered",
        message: expect.stringMatching(/^Test (tenant_admin|user) has approved this already\.$/),
      });
    }
    const { run, steps } = await readRun(tenant.admin, executionId);
    expect(steps.filter(({ nodeId }) => nodeId === "approval")).toHaveLength(1);
    expect(run.id).toBe(executionId);
    expect((await ended(executionId)).status).toBe("completed");
  });

  it("that leaves out or mistypes a field is refused, and the question stays open", async () => {
    const { approvalId } = await ask();
    for (const answer of [{}, { limit: "much" }, { limit: 1, more: 2 }]) {
      await expect(answerApproval(tenant.admin, answerOf(approvalId, { answer }))).rejects.toMatchObject({
        code: "invalid",
        fields: expect.objectContaining({
          [`answer.${"more" in answer ? "more" : "limit"}`]: [expect.any(String)],
        }),
      });
    }
    expect((await getApproval(tenant.admin, approvalId)).status).toBe("pending");
  });

  it("comes too late when the run was ended or the time is over", async () => {
    const cancelled = await ask();
    await cancelRun(tenant.admin, { executionId: cancelled.executionId });
    await expect(answerApproval(tenant.admin, answerOf(cancelled.approvalId))).rejects.toMatchObject({
      code: "precondition",
      reason: "approval_over",
    });
    const late = await ask();
    await asWorker(tenant.job, (tx) =>
      tx
        .update(approvals)
        .set({ expiresAt: sql`now() - interval '1 second'` })
        .where(eq(approvals.id, late.approvalId)),
    );
    await expect(answerApproval(tenant.admin, answerOf(late.approvalId))).rejects.toMatchObject({
      code: "precondition",
      message: "The time for an answer is over.",
    });
    const { steps } = await readRun(tenant.admin, late.executionId);
    expect(steps.find((step) => step.kind === "approval")?.status).toBe("waiting");
  });
});

describe("who may answer", () => {
  it("is who was asked, and the inbox of each shows their own", async () => {
    const admins = await ask({ who: "admins" });
    const people = await ask({ who: "people", userIds: [tenant.memberId] });
    expect((await list("mine", tenant.admin)).map(({ id }) => id)).toEqual([admins.approvalId]);
    expect((await list("mine", tenant.member)).map(({ id }) => id)).toEqual([people.approvalId]);
    expect([await countApprovals(tenant.admin), await countApprovals(tenant.member)]).toEqual([1, 1]);
    expect((await getHome(tenant.member)).attention.approvals).toBe(1);
    for (const [scope, { approvalId }] of [
      [tenant.member, admins],
      [tenant.admin, people],
    ] as const) {
      await expect(answerApproval(scope, answerOf(approvalId))).rejects.toMatchObject({ code: "forbidden" });
    }
    expect((await readBell(tenant.member)).latest.map(({ href }) => href)).toEqual([
      `/app/approvals/${people.approvalId}`,
    ]);
    await answerApproval(tenant.member, answerOf(people.approvalId));
    await answerApproval(apiScope(tenant, ["approvals:answer"]), answerOf(admins.approvalId));
    for (const { executionId } of [admins, people])
      expect((await ended(executionId)).status).toBe("completed");
  });

  it("is an admin once nobody who was asked by name is in the workspace any more, who is told what is asked then", async () => {
    const people = { who: "people", userIds: [tenant.memberId] };
    const before = await ask(people);
    await expect(answerApproval(tenant.admin, answerOf(before.approvalId))).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await countApprovals(tenant.admin)).toBe(0);

    await deactivateMember(tenant.admin, { userId: tenant.memberId });
    expect((await list("mine")).map(({ id }) => id)).toEqual([before.approvalId]);
    expect(await countApprovals(tenant.admin)).toBe(1);
    expect(await getApproval(tenant.admin, before.approvalId)).toMatchObject({
      approvers: { admins: true, userIds: [] },
      approverNames: [],
      isMine: true,
    });
    expect(await tenantsToRemind()).toContain(tenant.tenantId);
    expect(await remindApprovers(tenant.job)).toBe(1);
    const after = await ask(people);
    const told = (await readBell(tenant.admin)).latest.map(({ href, title }) => [
      href.split("/").at(-1),
      title,
    ]);
    expect(told).toEqual([
      [after.approvalId, "Pay Acme?"],
      [before.approvalId, "Still waiting: Pay Acme?"],
    ]);

    await answerApproval(tenant.admin, answerOf(before.approvalId));
    expect(await ended(before.executionId)).toMatchObject({ status: "completed" });
    await activateMember(tenant.admin, { userId: tenant.memberId });
    expect(await list("mine")).toEqual([]);
    await expect(answerApproval(tenant.admin, answerOf(after.approvalId))).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it.each<[string, (userId: string) => Promise<unknown>]>([
    [
      "the operator of the platform",
      async (userId) =>
        setUserActive(await makePlatform(), { userId, isActive: false, reason: "has left the company" }),
    ],
    [
      "the partner whose team they were in",
      async (userId) => {
        const { partnerId, scope } = await makePartner();
        await asSystem("test", (tx) => tx.insert(partnerMembers).values({ partnerId, userId }));
        await removePartnerMember(scope, { userId });
      },
    ],
  ])("is an admin, who is told, also where %s took the access away", async (_by, takeAway) => {
    const { approvalId } = await ask({ who: "people", userIds: [tenant.memberId] });
    await takeAway(tenant.memberId);
    expect(await tenantsToRemind()).toContain(tenant.tenantId);
    expect(await remindApprovers(tenant.job)).toBe(1);
    const { latest } = await readBell(tenant.admin);
    expect(latest.map(({ href }) => href)).toContain(`/app/approvals/${approvalId}`);
  });

  it("is neither a stranger, a visitor, nor a key without the scope", async () => {
    const { approvalId } = await ask();
    const stranger = await makeTenant();
    for (const attempt of [
      () => answerApproval(stranger.admin, answerOf(approvalId)),
      () => getApproval(stranger.admin, approvalId),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "not_found" });
    }
    const { adminId } = stranger;
    const actor = { kind: "user", userId: adminId, sessionId: adminId, impersonatorId: adminId } as const;
    const visitor = mintScope<TenantScope>({ ...tenant.admin, actor });
    expect([await countApprovals(visitor), (await getApproval(visitor, approvalId)).isMine]).toEqual([
      0,
      false,
    ]);
    for (const scope of [visitor, apiScope(tenant, ["executions:read"])]) {
      await expect(answerApproval(scope, answerOf(approvalId))).rejects.toMatchObject({ code: "forbidden" });
    }
  });
});

it("is called like its node when its title comes to nothing, so that there is something to click on", async () => {
  const { approvalId } = await ask({ title: ' {{ input.text | remove: "Acme" }}' });
  expect((await getApproval(tenant.member, approvalId)).title).toBe("approval");
  expect((await readBell(tenant.member)).latest.map(({ title }) => title)).toEqual(["approval"]);
});

it("reminds those who were asked, once", async () => {
  const { approvalId } = await ask({ remindHours: 1 });
  expect(await remindApprovers(tenant.job)).toBe(0);
  await asWorker(tenant.job, (tx) =>
    tx.update(approvals).set({ remindAt: sql`now()` }).where(eq(approvals.id, approvalId)),
  );
  expect(await tenantsToRemind()).toContain(tenant.tenantId);
  const counts = await Promise.all([remindApprovers(tenant.job), remindApprovers(tenant.job)]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(await tenantsToRemind()).not.toContain(tenant.tenantId);
  const [member] = await asSystem("test", (tx) =>
    tx.select({ email: users.email }).from(users).where(eq(users.id, tenant.memberId)),
  );
  const mails = await mailsTo(member?.email ?? "");
  expect(mails.map(({ subject }) => subject)).toEqual(["Still waiting: Pay Acme?", "Pay Acme?"]);
});
