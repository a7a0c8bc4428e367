import "server-only";
import { eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { partners, tenants } from "@/db/schema/auth";
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
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import { isId } from "@/lib/ids";
import type { InviteTenantAdminInput, TenantInvitationInput } from "./input";

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
