import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { authTokens, partnerMembers, users } from "@/db/schema/auth";
import { auditLog } from "@/db/schema/system";
import type { TenantScope } from "@/db/scope";
import { acceptInvitation, createInvitation, findInvitation } from "@/lib/accounts/invitations";
import { revokeSession, signOutEverywhere } from "@/lib/accounts/sessions";
import { findSession, type Session } from "@/lib/auth/session";
import { newId } from "@/lib/ids";
import { withTestDatabase } from "@/lib/testing/database";
import { tokenSentTo } from "@/lib/testing/mail";
import { makePartner, makeTenant, type TestTenant } from "@/lib/testing/scopes";
import {
  activateMember,
  changeRole,
  deactivateMember,
  inviteMember,
  resendInvitation,
  revokeInvitation,
} from "./commands";
import { listInvitations, listMembers } from "./queries";

withTestDatabase();

const PASSWORD = "copper lantern riverbed";
let host = 0;
function facts() {
  host += 1;
  return { requestId: newId(), ip: `203.0.113.${host}` };
}
const accept = (token: string) =>
  acceptInvitation(facts(), { token, fullName: "New Person", password: PASSWORD });

function sessionIdOf(scope: TenantScope): string {
  if (scope.actor.kind !== "user") throw new Error("not a person");
  return scope.actor.sessionId;
}

async function memberSession(tenant: TestTenant): Promise<Session | null> {
  return findSession(tenant.memberId, sessionIdOf(tenant.member));
}

describe("sessions end with the next request", () => {
  it("when the person is deactivated; coming back needs a new one", async () => {
    const tenant = await makeTenant();
    expect(await memberSession(tenant)).toMatchObject({ role: "user" });
    await deactivateMember(tenant.admin, { userId: tenant.memberId });
    expect(await memberSession(tenant)).toBeNull();
    await activateMember(tenant.admin, { userId: tenant.memberId });
    expect(await memberSession(tenant)).toBeNull();
  });

  it("when the role changes", async () => {
    const tenant = await makeTenant();
    await changeRole(tenant.admin, { userId: tenant.memberId, role: "tenant_admin" });
    expect(await memberSession(tenant)).toBeNull();
    expect((await listMembers(tenant.admin)).map((member) => member.role)).toEqual([
      "tenant_admin",
      "tenant_admin",
    ]);
  });

  it("when their owner revokes them, and nobody revokes another's", async () => {
    const tenant = await makeTenant();
    const other = await makeTenant();
    const mine = await memberSession(tenant);
    const theirs = await memberSession(other);
    if (!mine || !theirs) throw new Error("no session");
    await expect(revokeSession(theirs, { sessionId: mine.sessionId })).rejects.toMatchObject({
      code: "not_found",
    });
    await revokeSession(mine, { sessionId: mine.sessionId });
    expect(await memberSession(tenant)).toBeNull();
    expect(await signOutEverywhere(theirs, { keepCurrent: true })).toEqual({ ended: 0 });
    expect(await memberSession(other)).not.toBeNull();
    expect(await signOutEverywhere(theirs, { keepCurrent: false })).toEqual({ ended: 1 });
    expect(await memberSession(other)).toBeNull();
  });
});

describe("who may change whom", () => {
  it("is nobody of another workspace, whose people do not exist here", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    const invitation = await inviteMember(b.admin, { email: "their@guest.test", role: "user" });
    const refusals = await Promise.allSettled([
      changeRole(a.admin, { userId: b.memberId, role: "tenant_admin" }),
      deactivateMember(a.admin, { userId: b.memberId }),
      activateMember(a.admin, { userId: b.memberId }),
      revokeInvitation(a.admin, { invitationId: invitation.id }),
      resendInvitation(a.admin, { invitationId: invitation.id }),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: "rejected", reason: { code: "not_found" } });
    }
    expect(await memberSession(b)).toMatchObject({ role: "user" });
    expect(await listInvitations(b.admin)).toHaveLength(1);
    expect(await listInvitations(a.admin)).toHaveLength(0);
  });

  it("is no member, not oneself, and never the last admin", async () => {
    const tenant = await makeTenant();
    await expect(deactivateMember(tenant.member, { userId: tenant.adminId })).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(
      inviteMember(tenant.member, { email: "x@guest.test", role: "tenant_admin" }),
    ).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(changeRole(tenant.admin, { userId: tenant.adminId, role: "user" })).rejects.toMatchObject({
      code: "precondition",
    });
  });

  it("leaves one admin when two remove each other at once", async () => {
    const tenant = await makeTenant();
    await changeRole(tenant.admin, { userId: tenant.memberId, role: "tenant_admin" });
    await Promise.allSettled([
      deactivateMember(tenant.admin, { userId: tenant.memberId }),
      deactivateMember({ ...tenant.member, role: "tenant_admin" }, { userId: tenant.adminId }),
    ]);
    const active = (await listMembers(tenant.admin)).filter((member) => member.isActive);
    expect(active).toHaveLength(1);
  });

  it("is the first of two who take each other's role at once: the second is no admin any more", async () => {
    const tenant = await makeTenant();
    const email = `${newId()}@guest.test`;
    await inviteMember(tenant.admin, { email, role: "tenant_admin" });
    await accept(await tokenSentTo(email, "/invite/"));
    const other: TenantScope = { ...tenant.member, role: "tenant_admin" };
    for (const take of [
      (by: TenantScope, userId: string) => changeRole(by, { userId, role: "user" }),
      (by: TenantScope, userId: string) => deactivateMember(by, { userId }),
    ]) {
      await changeRole(tenant.admin, { userId: tenant.memberId, role: "tenant_admin" });
      const both = await Promise.allSettled([
        take(tenant.admin, tenant.memberId),
        take(other, tenant.adminId),
      ]);
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(both.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { code: "forbidden" },
      });
      await asSystem("test", (tx) =>
        tx
          .update(users)
          .set({ role: "tenant_admin", isActive: true })
          .where(eq(users.tenantId, tenant.tenantId)),
      );
    }
  });

  it("does not touch a partner's people in their home workspace", async () => {
    const partner = await makePartner();
    const tenant = await makeTenant();
    const admin = { ...tenant.admin, tenantId: partner.homeTenantId };
    const [person] = await listMembers(admin);
    await expect(deactivateMember(admin, { userId: person?.id ?? "" })).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("invitations", () => {
  it("make exactly one person of many clicks, in the inviter's workspace, with the role that was offered", async () => {
    const tenant = await makeTenant();
    await inviteMember(tenant.admin, { email: "guest@one.test", role: "user" });
    const token = await tokenSentTo("guest@one.test", "/invite/");
    expect(await findInvitation(token)).toMatchObject({
      email: "guest@one.test",
      role: "user",
      hasAccount: false,
    });
    const clicks = await Promise.allSettled(Array.from({ length: 6 }, () => accept(token)));
    expect(clicks.filter((click) => click.status === "fulfilled")).toHaveLength(1);
    const made = await asSystem("test", (tx) =>
      tx
        .select({ tenantId: users.tenantId, role: users.role, isVerified: users.isVerified })
        .from(users)
        .where(eq(users.email, "guest@one.test")),
    );
    expect(made).toEqual([{ tenantId: tenant.tenantId, role: "user", isVerified: true }]);
    await expect(accept(token)).rejects.toMatchObject({ code: "not_found" });
    expect(await listInvitations(tenant.admin)).toEqual([]);
    await expect(inviteMember(tenant.admin, { email: "guest@one.test", role: "user" })).rejects.toMatchObject(
      {
        fields: { email: ["This person is in the team already."] },
      },
    );
  });

  it("of somebody who is deactivated are refused with what to do instead", async () => {
    const tenant = await makeTenant();
    await deactivateMember(tenant.admin, { userId: tenant.memberId });
    const again = inviteMember(tenant.admin, { email: `${tenant.memberId}@example.test`, role: "user" });
    await expect(again).rejects.toMatchObject({
      fields: {
        email: [
          "This person is in the team already, but deactivated. An admin can reactivate them under Team.",
        ],
      },
    });
  });

  it("stop working when withdrawn, sent again or over", async () => {
    const tenant = await makeTenant();
    const first = await inviteMember(tenant.admin, { email: "again@one.test", role: "tenant_admin" });
    const firstToken = await tokenSentTo("again@one.test", "/invite/");
    const second = await resendInvitation(tenant.admin, { invitationId: first.id });
    await expect(accept(firstToken)).rejects.toMatchObject({ code: "not_found" });
    const secondToken = await tokenSentTo("again@one.test", "/invite/");
    await revokeInvitation(tenant.admin, { invitationId: second.id });
    await expect(accept(secondToken)).rejects.toMatchObject({ code: "not_found" });
    const third = await inviteMember(tenant.admin, { email: "again@one.test", role: "user" });
    await asSystem("test", (tx) =>
      tx
        .update(authTokens)
        .set({ expiresAt: new Date(Date.now() - 1_000) })
        .where(eq(authTokens.id, third.id)),
    );
    await expect(accept(await tokenSentTo("again@one.test", "/invite/"))).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("never move an existing account", async () => {
    const [a, b] = [await makeTenant(), await makeTenant()];
    const email = `${b.memberId}@example.test`;
    await inviteMember(a.admin, { email, role: "tenant_admin" });
    const token = await tokenSentTo(email, "/invite/");
    expect(await findInvitation(token)).toMatchObject({ hasAccount: true });
    await expect(accept(token)).rejects.toMatchObject({ code: "conflict", reason: "account_exists" });
    expect(await memberSession(b)).toMatchObject({ role: "user", tenant: { id: b.tenantId } });
  });

  it("of a partner make a person of its team, with who invited in the record", async () => {
    const partner = await makePartner();
    await asSystem("test", (tx) =>
      createInvitation(tx, partner.scope, {
        email: "seller@one.test",
        role: "partner_admin",
        tenantId: partner.homeTenantId,
        partnerId: partner.partnerId,
      }),
    );
    await accept(await tokenSentTo("seller@one.test", "/invite/"));
    const members = await asSystem("test", (tx) =>
      tx
        .select({ email: users.email })
        .from(partnerMembers)
        .innerJoin(users, eq(users.id, partnerMembers.userId))
        .where(eq(partnerMembers.partnerId, partner.partnerId)),
    );
    expect(members.map((member) => member.email)).toContain("seller@one.test");
    const [accepted] = await asSystem("test", (tx) =>
      tx
        .select({ after: auditLog.after })
        .from(auditLog)
        .where(and(eq(auditLog.action, "invitation.accept"), eq(auditLog.partnerId, partner.partnerId))),
    );
    expect(accepted?.after).toMatchObject({ email: "seller@one.test", invitedBy: expect.any(String) });
  });
});
