import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { acceptInvitation } from "@/lib/accounts/invitations";
import { newId } from "@/lib/ids";
import { inviteMember } from "@/lib/team/commands";
import { withTestDatabase } from "@/lib/testing/database";
import { tokenSentTo } from "@/lib/testing/mail";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { setUserActive } from "./commands/tenants";
import { listAllAudit } from "./queries/audit";
import { listUsers } from "./queries/people";
import {
  inviteTenantAdmin,
  listInvitationsOfTenant,
  makeTenantAdmin,
  resendInvitationOfTenant,
  revokeInvitationOfTenant,
} from "./tenant-people";

withTestDatabase();

const FACTS = { requestId: "test", ip: "127.0.0.1" };

it("into a direct customer's workspace whose only admin has left the operator invites another", async () => {
  const [platform, tenant] = [await makePlatform(), await makeTenant()];
  const { tenantId, admin } = tenant;
  const open = () => listInvitationsOfTenant(platform, tenantId);
  const userId = admin.actor.kind === "user" ? admin.actor.userId : "";
  await setUserActive(platform, { userId, isActive: false, reason: "Left the company." });

  const email = `${newId()}@customer.example`;
  const { id } = await inviteTenantAdmin(platform, { tenantId, email });
  expect(await open()).toMatchObject([{ id, email, role: "tenant_admin" }]);
  const elsewhere = { tenantId: (await makeTenant()).tenantId, invitationId: id };
  await expect(revokeInvitationOfTenant(platform, elsewhere)).rejects.toMatchObject({ code: "not_found" });
  const again = await resendInvitationOfTenant(platform, { tenantId, invitationId: id });
  expect(await open()).toMatchObject([{ id: again.id, email }]);
  const token = await tokenSentTo(email, "/invite/");
  await acceptInvitation(FACTS, { token, fullName: "New Admin", password: "copper lantern riverbed" });
  const joined = await asSystem("test", (tx) =>
    tx.select({ tenantId: users.tenantId, role: users.role }).from(users).where(eq(users.email, email)),
  );
  expect(joined).toEqual([{ tenantId, role: "tenant_admin" }]);
  expect(await open()).toEqual([]);

  const withdrawn = await inviteTenantAdmin(platform, { tenantId, email: `${newId()}@customer.example` });
  await revokeInvitationOfTenant(platform, { tenantId, invitationId: withdrawn.id });
  expect(await open()).toEqual([]);
});

it("where the only admin has left the operator makes a member who is there already the admin", async () => {
  const [platform, { tenantId, admin, memberId }] = [await makePlatform(), await makeTenant()];
  const reason = "The only admin left the company.";
  await setUserActive(platform, {
    userId: admin.actor.kind === "user" ? admin.actor.userId : "",
    isActive: false,
    reason,
  });
  const [colleague] = await asSystem("test", (tx) =>
    tx.select({ email: users.email }).from(users).where(eq(users.id, memberId)),
  );
  // The way in for others is none for whoever is in.
  await expect(
    inviteTenantAdmin(platform, { tenantId, email: colleague?.email ?? "" }),
  ).rejects.toMatchObject({ code: "invalid" });
  const asked = { userId: memberId, reason };
  await Promise.all([makeTenantAdmin(platform, asked), makeTenantAdmin(platform, asked)]);
  const [row] = (await listUsers(platform, { tenantId, role: "tenant_admin", state: "active" })).items;
  expect(row).toMatchObject({ id: memberId });
  const { items } = await listAllAudit(platform, { action: "member.change_role", tenantId });
  expect(items).toMatchObject([
    { targetId: memberId, reason, before: { role: "user" }, after: { role: "tenant_admin" } },
  ]);
});

it("a partner's people, those who may not sign in, and nobody at all are made no admins", async () => {
  const [platform, tenant, partner] = [await makePlatform(), await makeTenant(), await makePartner()];
  const make = (userId: string) => makeTenantAdmin(platform, { userId, reason: "They asked for it." });
  const [ofPartner] = (await listUsers(platform, { tenantId: partner.homeTenantId })).items;
  await expect(make(ofPartner?.id ?? "")).rejects.toMatchObject({ code: "precondition" });
  await setUserActive(platform, { userId: tenant.memberId, isActive: false, reason: "Left the company." });
  await expect(make(tenant.memberId)).rejects.toThrow("activate it first");
  await expect(make(newId())).rejects.toMatchObject({ code: "not_found" });
});

it("the operator sees no invitations of plain members, and none into a partner's team, which are on the partner's page", async () => {
  const [platform, tenant, partner] = [await makePlatform(), await makeTenant(), await makePartner()];
  const { tenantId } = tenant;
  const { id } = await inviteMember(tenant.admin, { email: `${newId()}@customer.example`, role: "user" });
  expect(await listInvitationsOfTenant(platform, tenantId)).toEqual([]);
  await expect(resendInvitationOfTenant(platform, { tenantId, invitationId: id })).rejects.toMatchObject({
    code: "not_found",
  });
  const home = { tenantId: partner.homeTenantId, email: `${newId()}@partner.example` };
  await expect(inviteTenantAdmin(platform, home)).rejects.toMatchObject({ code: "precondition" });
  await expect(listInvitationsOfTenant(platform, newId())).rejects.toMatchObject({ code: "not_found" });
});
