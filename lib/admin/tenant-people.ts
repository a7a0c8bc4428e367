import "server-only";
import { eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { partners, tenants, users } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import {
  adminsOf,
  findOpenInvitations,
  type Invitation,
  type Place,
  sendInvitation,
  sendInvitationAgain,
  withdrawInvitation,
} from "@/lib/accounts/open-invitations";
import { revokeSessions } from "@/lib/accounts/sessions";
import { audit } from "@/lib/audit/record";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { InviteTenantAdminInput, MakeTenantAdminInput, TenantInvitationInput } from "./input";

/** The admins of a workspace. @throws AppError `not_found`; `precondition` for a partner's own, whose people are its team */
async function peopleOf(scope: PlatformScope, tenantId: string): Promise<Place> {
  const [tenant] = isId(tenantId)
    ? await asPlatform(scope, (tx) =>
        tx
          .select({ partnerId: partners.id })
          .from(tenants)
          .leftJoin(partners, eq(partners.homeTenantId, tenants.id))
          .where(eq(tenants.id, tenantId)),
      )
    : [];
  if (!tenant) throw new AppError("not_found", "This workspace does not exist.");
  if (tenant.partnerId)
    throw new AppError(
      "precondition",
      "This is a partner's own workspace: invite people on the partner's page.",
    );
  return adminsOf(tenantId);
}

/** Invitations of a workspace's admins that can still be accepted, newest first. @throws AppError `not_found`, `precondition` */
export async function listInvitationsOfTenant(scope: PlatformScope, tenantId: string): Promise<Invitation[]> {
  authorize(scope, "tenant.invite");
  return findOpenInvitations(await peopleOf(scope, tenantId));
}

/**
 * Invites an admin of a workspace: into a direct customer's whose only admin has left nobody else can.
 * @throws AppError `not_found`, `precondition`, `rate_limited`, `invalid` when already there
 */
export async function inviteTenantAdmin(
  scope: PlatformScope,
  { tenantId, email }: InviteTenantAdminInput,
): Promise<{ id: string }> {
  authorize(scope, "tenant.invite");
  await peopleOf(scope, tenantId);
  return sendInvitation(scope, { tenantId, email, role: "tenant_admin" });
}

/** Makes an open invitation of a workspace's admin worthless. @throws AppError `not_found`, `precondition` */
export async function revokeInvitationOfTenant(
  scope: PlatformScope,
  { tenantId, invitationId }: TenantInvitationInput,
): Promise<void> {
  authorize(scope, "tenant.invite");
  await withdrawInvitation(scope, await peopleOf(scope, tenantId), invitationId);
}

/** Sends one again, with a new link and another 7 days. @throws AppError `not_found`, `precondition`, `rate_limited` */
export async function resendInvitationOfTenant(
  scope: PlatformScope,
  { tenantId, invitationId }: TenantInvitationInput,
): Promise<{ id: string }> {
  authorize(scope, "tenant.invite");
  return sendInvitationAgain(scope, await peopleOf(scope, tenantId), invitationId);
}

/**
 * Makes a member of a workspace an admin of it: who is there already cannot be invited, and where the only admin has left
 * nobody there can do it. Their sessions end, so that it holds from the next request. An admin stays one.
 * @throws AppError `not_found`; `precondition` for a deactivated account, and for people whose role is not the workspace's
 */
export async function makeTenantAdmin(
  scope: PlatformScope,
  { userId, reason }: MakeTenantAdminInput,
): Promise<{ userId: string }> {
  authorize(scope, "tenant.invite");
  await asPlatform(scope, async (tx) => {
    const [person] = await tx
      .select({ tenantId: users.tenantId, role: users.role, isActive: users.isActive })
      .from(users)
      .where(eq(users.id, userId))
      .for("update");
    if (!person) throw new AppError("not_found", "This person does not exist.");
    const role = person.role ?? "user";
    if (role === "tenant_admin") return;
    const [partner] = await tx
      .select({ id: partners.id })
      .from(partners)
      .where(eq(partners.homeTenantId, person.tenantId));
    if (role !== "user" || partner)
      throw new AppError(
        "precondition",
        "A partner's people and the platform's are no admins of a workspace.",
      );
    if (!person.isActive)
      throw new AppError("precondition", "This account is deactivated: activate it first.");
    await tx.update(users).set({ role: "tenant_admin" }).where(eq(users.id, userId));
    await revokeSessions(tx, userId, "role_changed");
    await audit(tx, scope, {
      action: "member.change_role",
      targetType: "user",
      targetId: userId,
      tenantId: person.tenantId,
      reason,
      before: { role },
      after: { role: "tenant_admin" },
    });
  });
  return { userId };
}
