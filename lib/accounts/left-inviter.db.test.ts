import { eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { asSystem } from "@/db/access";
import { users } from "@/db/schema/auth";
import { handOverTenant } from "@/lib/admin/commands/hand-over";
import { newId } from "@/lib/ids";
import { createCustomer, inviteCustomerAdmin } from "@/lib/partners/commands/customers";
import { invitePartnerMember, removePartnerMember } from "@/lib/partners/commands/team";
import { listCustomerInvitations } from "@/lib/partners/queries/customers";
import { listPartnerInvitations } from "@/lib/partners/queries/team";
import {
  activateMember,
  changeRole,
  deactivateMember,
  inviteMember,
  resendInvitation,
} from "@/lib/team/commands";
import { listInvitations } from "@/lib/team/queries";
import { withTestDatabase } from "@/lib/testing/database";
import { tokenSentTo } from "@/lib/testing/mail";
import { makePartner, makePlatform, makeTenant } from "@/lib/testing/scopes";
import { acceptInvitation, findInvitation } from "./invitations";

withTestDatabase();

let host = 0;
function accept(token: string) {
  host += 1;
  const facts = { requestId: newId(), ip: `203.0.113.${host}` };
  return acceptInvitation(facts, { token, fullName: "New Person", password: "copper lantern riverbed" });
}
async function userIdOf(email: string): Promise<string> {
  const [row] = await asSystem("test", (tx) =>
    tx.select({ id: users.id }).from(users).where(eq(users.email, email)),
  );
  return row?.id ?? "";
}
const gone = { code: "not_found" };

it("an invitation ends with the rights of whoever sent it, and lets nobody in whose rights were taken", async () => {
  const tenant = await makeTenant();
  const { memberId: userId } = tenant;
  await changeRole(tenant.admin, { userId, role: "tenant_admin" });
  const email = `${newId()}@guest.test`;
  const { id: invitationId } = await inviteMember(
    { ...tenant.member, role: "tenant_admin" },
    { email, role: "tenant_admin" },
  );
  const token = await tokenSentTo(email, "/invite/");
  const takes = [
    [
      () => changeRole(tenant.admin, { userId, role: "user" }),
      () => changeRole(tenant.admin, { userId, role: "tenant_admin" }),
    ],
    [() => deactivateMember(tenant.admin, { userId }), () => activateMember(tenant.admin, { userId })],
  ] as const;
  for (const [take, giveBack] of takes) {
    expect(await listInvitations(tenant.admin)).toHaveLength(1);
    await take();
    expect(await findInvitation(token)).toBeNull();
    await expect(accept(token)).rejects.toMatchObject(gone);
    expect(await listInvitations(tenant.admin)).toEqual([]);
    await expect(resendInvitation(tenant.admin, { invitationId })).rejects.toMatchObject(gone);
    await giveBack();
  }
  await deactivateMember(tenant.admin, { userId });
  await inviteMember(tenant.admin, { email, role: "user" });
  expect(await accept(await tokenSentTo(email, "/invite/"))).toEqual({ email });
});

it("nobody comes back into a partner's team by an invitation they sent before they were removed", async () => {
  const partner = await makePartner();
  const first = `${newId()}@partner.example`;
  await invitePartnerMember(partner.scope, { email: first });
  await accept(await tokenSentTo(first, "/invite/"));
  const userId = await userIdOf(first);
  const second = `${newId()}@partner.example`;
  const scope = { ...partner.scope, actor: { kind: "user", userId, sessionId: newId() } } as const;
  await invitePartnerMember(scope, { email: second });
  const token = await tokenSentTo(second, "/invite/");
  await removePartnerMember(partner.scope, { userId });
  await expect(accept(token)).rejects.toMatchObject(gone);
  expect(await listPartnerInvitations(partner.scope)).toEqual([]);
});

it("whom a partner invited comes into no workspace that is another's customer by then", async () => {
  const [old, next, platform] = [await makePartner(), await makePartner(), await makePlatform()];
  const { tenantId, admin } = await makeTenant(old.partnerId);
  const [email, own] = [`${newId()}@guest.test`, `${newId()}@guest.test`];
  await inviteCustomerAdmin(old.scope, { tenantId, email });
  await inviteMember(admin, { email: own, role: "user" });
  const token = await tokenSentTo(email, "/invite/");
  const reason = "moved to another seller";
  for (const partnerId of [next.partnerId, null]) {
    await handOverTenant(platform, { tenantId, partnerId, reason });
    expect(await findInvitation(token)).toBeNull();
    await expect(accept(token)).rejects.toMatchObject(gone);
    expect(await listInvitations(admin)).toMatchObject([{ email: own }]);
  }
  await handOverTenant(platform, { tenantId, partnerId: next.partnerId, reason });
  await inviteCustomerAdmin(next.scope, { tenantId, email });
  expect(await listCustomerInvitations(next.scope, tenantId)).toMatchObject([{ email }]);
  for (const address of [email, own])
    expect(await accept(await tokenSentTo(address, "/invite/"))).toEqual({ email: address });
});

it("the first of a workspace comes in whoever sells to it by then, and nobody else whom the old seller invited", async () => {
  const [old, platform] = [await makePartner(), await makePlatform()];
  const [first, second] = [`${newId()}@guest.test`, `${newId()}@guest.test`];
  const { id: tenantId } = await createCustomer(old.scope, { name: "New Customer", adminEmail: first });
  await inviteCustomerAdmin(old.scope, { tenantId, email: second });
  await handOverTenant(platform, { tenantId, partnerId: null, reason: "moved to direct sales" });
  expect(await accept(await tokenSentTo(first, "/invite/"))).toEqual({ email: first });
  await expect(accept(await tokenSentTo(second, "/invite/"))).rejects.toMatchObject(gone);
});
