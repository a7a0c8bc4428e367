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
import {
  inviteTenantAdmin,
  listInvitationsOfTenant,
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
