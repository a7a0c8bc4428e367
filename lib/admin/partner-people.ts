import "server-only";
import { eq } from "drizzle-orm";
import { asPlatform } from "@/db/access";
import { partners } from "@/db/schema/auth";
import type { PlatformScope } from "@/db/scope";
import {
  findOpenInvitations,
  type Invitation,
  type Place,
  sendInvitation,
  sendInvitationAgain,
  withdrawInvitation,
} from "@/lib/accounts/open-invitations";
import { authorize } from "@/lib/auth/authorize";
import { AppError } from "@/lib/errors";
import type { InvitePartnerAdminInput, PartnerInvitationInput } from "./input";

/** The team of a partner. @throws AppError `not_found` */
async function teamOf(
  scope: PlatformScope,
  partnerId: string,
): Promise<Place & { readonly partnerId: string }> {
  const [partner] = await asPlatform(scope, (tx) =>
    tx.select({ homeTenantId: partners.homeTenantId }).from(partners).where(eq(partners.id, partnerId)),
  );
  if (!partner?.homeTenantId) throw new AppError("not_found", "This partner does not exist.");
  return { tenantId: partner.homeTenantId, partnerId };
}

/** Invitations into a partner's team that can still be accepted, newest first. @throws AppError `not_found` */
export async function listInvitationsOfPartner(
  scope: PlatformScope,
  partnerId: string,
): Promise<Invitation[]> {
  authorize(scope, "partner.read");
  return findOpenInvitations(await teamOf(scope, partnerId));
}

/**
 * Invites somebody into a partner's team: of one whose first invitation was not accepted in time nobody else can.
 * @throws AppError `not_found`, `rate_limited`, `invalid` when already there
 */
export async function invitePartnerAdmin(
  scope: PlatformScope,
  { partnerId, email }: InvitePartnerAdminInput,
): Promise<{ id: string }> {
  authorize(scope, "partner.update");
  return sendInvitation(scope, { ...(await teamOf(scope, partnerId)), email, role: "partner_admin" });
}

/** Makes an open invitation into a partner's team worthless. @throws AppError `not_found` */
export async function revokeInvitationOfPartner(
  scope: PlatformScope,
  { partnerId, invitationId }: PartnerInvitationInput,
): Promise<void> {
  authorize(scope, "partner.update");
  await withdrawInvitation(scope, await teamOf(scope, partnerId), invitationId);
}

/** Sends one again, with a new link and another 7 days. @throws AppError `not_found`, `rate_limited` */
export async function resendInvitationOfPartner(
  scope: PlatformScope,
  { partnerId, invitationId }: PartnerInvitationInput,
): Promise<{ id: string }> {
  authorize(scope, "partner.update");
  return sendInvitationAgain(scope, await teamOf(scope, partnerId), invitationId);
}
