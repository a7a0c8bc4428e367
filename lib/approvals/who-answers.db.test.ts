import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { asSystem } from "@/db/access";
import { partnerMembers } from "@/db/schema/auth";
import { mintScope, type TenantScope } from "@/db/scope";
import { embedded, startEmbedded } from "@/inngest/embedded";
import { handler } from "@/inngest/serve";
import { setUserActive } from "@/lib/admin/commands/tenants";
import { readBell } from "@/lib/notifications/queries/inbox";
import { removePartnerMember } from "@/lib/partners/commands/team";
import { listRuns } from "@/lib/runs/queries";
import { getStep } from "@/lib/runs/step-queries";
import { seedRunPrices } from "@/lib/runs/testing";
import { activateMember, deactivateMember } from "@/lib/team/commands";
import { getHome } from "@/lib/tenants/home-queries";
import { withTestDatabase } from "@/lib/testing/database";
import { apiScope, makePartner, makePlatform, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import { answerApproval } from "./commands";
import { countApprovals, getApproval } from "./queries";
import { openQuestions } from "./run-questions";
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

/** What is open of a run, as the editor and the trace say to somebody whether it is theirs to answer. */
async function asked(
  scope: TenantScope,
  { executionId, approvalId }: { executionId: string; approvalId: string },
) {
  const open = await openQuestions(scope, { executionId });
  for (const { id, isMine } of open) {
    expect(id).toBe(approvalId);
    const step = await getStep(scope, { executionId, nodeId: "approval" });
    expect(step.approval?.isMine).toBe(isMine);
  }
  return open.map(({ isMine }) => isMine);
}

describe("who may answer", () => {
  it("is who was asked, and the inbox of each shows their own", async () => {
    const admins = await ask(tenant, { who: "admins" });
    const people = await ask(tenant, { who: "people", userIds: [tenant.memberId] });
    expect((await list(tenant.admin, "mine")).map(({ id }) => id)).toEqual([admins.approvalId]);
    expect((await list(tenant.member, "mine")).map(({ id }) => id)).toEqual([people.approvalId]);
    expect([await countApprovals(tenant.admin), await countApprovals(tenant.member)]).toEqual([1, 1]);
    expect((await getHome(tenant.member)).attention.approvals).toBe(1);
    const one = { count: 1, title: "Pay Acme?" };
    expect((await listRuns(tenant.member)).items.map(({ id, asking }) => [id, asking])).toEqual(
      [people, admins].map(({ executionId }) => [executionId, one]),
    );
    expect(await asked(tenant.admin, admins)).toEqual([true]);
    expect(await asked(tenant.member, admins)).toEqual([false]);
    expect(await asked(tenant.member, people)).toEqual([true]);
    await expect(asked((await makeTenant()).admin, people)).rejects.toMatchObject({ code: "not_found" });
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
      expect((await ended(tenant, executionId)).status).toBe("completed");
    expect(await asked(tenant.admin, admins)).toEqual([]);
    expect((await listRuns(tenant.member)).items.map(({ asking }) => asking)).toEqual([null, null]);
  });

  it("is an admin once nobody who was asked by name is in the workspace any more, who is told what is asked then", async () => {
    const people = { who: "people", userIds: [tenant.memberId] };
    const before = await ask(tenant, people);
    await expect(answerApproval(tenant.admin, answerOf(before.approvalId))).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await countApprovals(tenant.admin)).toBe(0);

    await deactivateMember(tenant.admin, { userId: tenant.memberId });
    expect((await list(tenant.admin, "mine")).map(({ id }) => id)).toEqual([before.approvalId]);
    expect(await countApprovals(tenant.admin)).toBe(1);
    expect(await getApproval(tenant.admin, before.approvalId)).toMatchObject({
      approvers: { admins: true, userIds: [] },
      approverNames: [],
      isMine: true,
    });
    expect(await tenantsToRemind()).toContain(tenant.tenantId);
    expect(await remindApprovers(tenant.job)).toBe(1);
    const after = await ask(tenant, people);
    const told = (await readBell(tenant.admin)).latest.map(({ href, title }) => [
      href.split("/").at(-1),
      title,
    ]);
    expect(told).toEqual([
      [after.approvalId, "Pay Acme?"],
      [before.approvalId, "Still waiting: Pay Acme?"],
    ]);

    await answerApproval(tenant.admin, answerOf(before.approvalId));
    expect(await ended(tenant, before.executionId)).toMatchObject({ status: "completed" });
    await activateMember(tenant.admin, { userId: tenant.memberId });
    expect(await list(tenant.admin, "mine")).toEqual([]);
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
    const { approvalId } = await ask(tenant, { who: "people", userIds: [tenant.memberId] });
    await takeAway(tenant.memberId);
    expect(await tenantsToRemind()).toContain(tenant.tenantId);
    expect(await remindApprovers(tenant.job)).toBe(1);
    const { latest } = await readBell(tenant.admin);
    expect(latest.map(({ href }) => href)).toContain(`/app/approvals/${approvalId}`);
  });

  it("is neither a stranger, a visitor, nor a key without the scope", async () => {
    const { approvalId } = await ask(tenant);
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
    expect(await list(visitor, "mine")).toEqual([]);
    expect((await list(visitor, "waiting")).map(({ id }) => id)).toEqual([approvalId]);
    for (const scope of [visitor, apiScope(tenant, ["executions:read"])]) {
      await expect(answerApproval(scope, answerOf(approvalId))).rejects.toMatchObject({ code: "forbidden" });
    }
  });
});
